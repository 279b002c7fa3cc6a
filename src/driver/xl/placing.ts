interface Placed {
  readonly host: string;
  readonly page: string;
}

/** Hosts in the order in which a replica of a page is tried: the fewest of that page first, then the fewest at all. */
export function inOrder<Host extends { readonly name: string }>(
  hosts: readonly Host[],
  page: string,
  placed: readonly Placed[],
): readonly Host[] {
  const counted = hosts.map((host) => {
    const there = placed.filter((other) => other.host === host.name);
    return { host, ofPage: there.filter((other) => other.page === page).length, all: there.length };
  });
  return counted.sort((a, b) => a.ofPage - b.ofPage || a.all - b.all).map(({ host }) => host);
}
