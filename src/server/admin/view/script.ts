/**
 * Runs in the browser: shows the page anew every two seconds without losing the place, the focus or a selection, and
 * says so when nothing answers. Without scripts the page reloads itself (see `document.ts`).
 */
export const SCRIPT = `
const live = document.getElementById('live');
let since = new Date();
async function refresh() {
  if (document.hidden) return;
  if (getSelection().type === 'Range') { live.textContent = 'paused while text is selected'; return; }
  try {
    const response = await fetch(location.href, { cache: 'no-store', signal: AbortSignal.timeout(5000) });
    const next = new DOMParser().parseFromString(await response.text(), 'text/html');
    const focused = document.activeElement && document.activeElement.getAttribute('href');
    document.querySelector('main').replaceWith(next.querySelector('main'));
    document.title = next.title;
    const again = focused && [...document.links].find((link) => link.getAttribute('href') === focused);
    if (again) again.focus({ preventScroll: true });
    since = new Date();
    document.body.classList.remove('stale');
    live.textContent = 'live';
  } catch {
    document.body.classList.add('stale');
    live.textContent = 'no answer since ' + since.toLocaleTimeString();
  }
}
(async () => {
  for (;;) {
    await new Promise((done) => setTimeout(done, 2000));
    await refresh();
  }
})();
`;
