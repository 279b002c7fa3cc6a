import { type ComponentChildren, Fragment } from 'preact';
import type { PageView, ReplicaView } from '../../source.js';
import { pageAddress, visible } from '../words.js';

/** Leads to a page's own view; a long path breaks behind a slash, or is cut where it has one line only. */
export function PageLink({ path, isCut = false }: { readonly path: string; readonly isCut?: boolean }) {
  const parts = isCut ? [visible(path)] : visible(path).split(/(?<=\/)/);
  return (
    <a class="page" href={pageAddress(path)} title={visible(path)}>
      {parts.map((part, index) => (
        <Fragment key={index}>
          {part}
          {index < parts.length - 1 && <wbr />}
        </Fragment>
      ))}
    </a>
  );
}

/** A word in a frame; `kind` says how loud. */
export function Badge({
  kind = 'quiet',
  children,
}: {
  readonly kind?: 'quiet' | 'hot' | 'bad';
  readonly children: ComponentChildren;
}) {
  return <span class={`badge ${kind}`}>{children}</span>;
}

/** A replica's state: a dot that fills as it comes and empties as it goes, and the word. */
export function State({ state }: Pick<ReplicaView, 'state'>) {
  return (
    <span class={`state ${state}`}>
      <i aria-hidden="true" />
      {state}
    </span>
  );
}

const PIPS_MAX = 10;

/** `3 of 7`, and a dot for each: full ones serve, hollow ones are on their way, faint ones leave. */
export function Replicas({ page }: { readonly page: PageView }) {
  const { desired, serving, booting, draining } = page;
  if (desired + serving + booting + draining === 0) return <span class="faint">origin</span>;
  const kinds = [
    ...Array<string>(serving).fill('serving'),
    ...Array<string>(booting).fill('booting'),
    ...Array<string>(draining).fill('draining'),
  ];
  const parts = [booting > 0 ? `${booting} booting` : '', draining > 0 ? `${draining} draining` : ''].filter(
    (part) => part !== '',
  );
  return (
    <span class="replicas">
      <span class="numbers">
        {serving}
        <span class="faint"> of {desired}</span>
      </span>
      <span class="pips" aria-hidden="true">
        {kinds.slice(0, PIPS_MAX).map((kind, index) => (
          <i key={index} class={kind} />
        ))}
        {kinds.length > PIPS_MAX && '…'}
      </span>
      {parts.length > 0 && <span class="unseen">, {parts.join(', ')}</span>}
    </span>
  );
}

/** What was ordered by hand for a page. */
export function Orders({ page: { pinned, paused } }: { readonly page: PageView }) {
  return (
    <>
      {pinned !== null && <Badge>pinned at {pinned}</Badge>}
      {paused && <Badge>paused</Badge>}
    </>
  );
}
