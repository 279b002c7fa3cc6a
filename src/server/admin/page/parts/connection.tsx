import type { Link } from '../watch.js';
import { clockTime } from '../words.js';

/** Whether what is shown is the case now. */
export function Connection({ link, now }: { readonly link: Link; readonly now: number }) {
  return (
    <p class={`connection ${link.kind}`} role="status">
      <i aria-hidden="true" />
      {describe(link, now)}
    </p>
  );
}

function describe(link: Link, now: number): string {
  switch (link.kind) {
    case 'connecting':
      return 'connecting';
    case 'live':
      return 'live';
    case 'polling':
      return 'asking every 2 s: no event stream to be had';
    case 'lost':
      return `disconnected since ${clockTime(link.since, now)}`;
    default:
      return link satisfies never;
  }
}
