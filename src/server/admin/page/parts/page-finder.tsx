/** Leads to any page, also one that is too cold to be listed. */
export function PageFinder({ paths }: { readonly paths: readonly string[] }) {
  return (
    <form class="finder" action="/page" method="get">
      <label>
        <span class="unseen">Page</span>
        <input name="path" list="paths" placeholder="/page" required autocomplete="off" spellcheck={false} />
      </label>
      <datalist id="paths">
        {paths.map((path) => (
          <option key={path} value={path} />
        ))}
      </datalist>
      <button type="submit">Open</button>
    </form>
  );
}
