import { formatRate } from '../format.js';
import type { PageView } from '../source.js';
import type { Hand, Model } from './model.js';
import { terms } from './parts/banners.js';
import { Controls } from './parts/controls.js';
import { Explanation } from './parts/explanation.js';
import { Feed } from './parts/feed.js';
import { type Figure, Figures } from './parts/figures.js';
import { Orders, Replicas } from './parts/marks.js';
import { Demand } from './parts/pages.js';
import { Plots } from './parts/plots.js';
import { ReplicaTable } from './parts/replica-table.js';
import type { PageSnapshot } from './snapshot.js';
import { isByRequests, isHot } from './warm.js';
import { clockTime, pageAddress, visible } from './words.js';

export interface PageViewProps {
  readonly snapshot: PageSnapshot;
  readonly model: Model;
  readonly hand: Hand;
}

/** A page's own view: what is measured, what serves it, and the whole chain of reasons. */
export function PageDetail({ snapshot, model, hand }: PageViewProps) {
  const { page, path, status, deciding, decisions, replicas, explanation } = snapshot;
  const { now } = model;
  const orders = status.orders.filter((order) => order.page === path);
  return (
    <>
      <p class="path">
        <a href="/">All pages</a>
      </p>
      <h2 class="title">
        {visible(path)} {page !== null && <Orders page={page} />}
      </h2>
      {page === null ? (
        <p>The site has no such page. It may have been removed, or renamed.</p>
      ) : (
        <>
          <p class="faint">
            {page.host} · {page.policy === null ? 'no policy matches' : `policy ${visible(page.policy)}`} ·
            TTL {page.ttl} s
          </p>
          {orders.map((order) => (
            <p key={order.kind} class="order">
              {order.kind === 'pin' ? `Pinned at ${order.replicas}` : 'Paused'} {terms(order, now)}.
            </p>
          ))}
          <Figures figures={figures(page)} />
          {hand.isUnlocked && (
            <Controls page={page} orders={orders} isHeldBack={isHeldBack(snapshot)} hand={hand} />
          )}
          <Plots points={model.history.get(path) ?? []} page={page} />
        </>
      )}
      <div class="columns">
        <div>
          {page !== null && (
            <>
              {snapshot.past !== null && <Past path={path} past={snapshot.past} now={now} />}
              <section aria-labelledby="why">
                <h2 id="why">Why</h2>
                <Explanation deciding={deciding} lines={explanation} />
              </section>
              <section aria-labelledby="replicas">
                <h2 id="replicas">Replicas</h2>
                <ReplicaTable replicas={replicas} hand={hand} withPage={false} />
              </section>
            </>
          )}
        </div>
        <section aria-labelledby="decisions">
          <h2 id="decisions">Decisions</h2>
          <Feed decisions={decisions} now={now} withPage={false} />
        </section>
      </div>
    </>
  );
}

/** What `hotzone explain --at` says. */
function Past({
  path,
  past: { at, lines },
  now,
}: {
  readonly path: string;
  readonly past: NonNullable<PageSnapshot['past']>;
  readonly now: number;
}) {
  return (
    <section aria-labelledby="past">
      <h2 id="past">
        Why, at <time datetime={at}>{clockTime(at, now)}</time>{' '}
        <small>
          <a href={pageAddress(path)}>now</a>
        </small>
      </h2>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard. */}
      <pre tabIndex={0}>{lines.map(visible).join('\n')}</pre>
    </section>
  );
}

function figures(page: PageView): readonly Figure[] {
  const { queryRate, requestRate, target, metric, addresses } = page;
  return [
    {
      name: 'Demand',
      value: <Demand page={page} />,
      unit: 'visits/s',
      kind: isHot(page) && !isByRequests(page) ? 'hot' : '',
    },
    { name: 'Queries', value: formatRate(queryRate), unit: '/s' },
    {
      name: 'Requests',
      value: formatRate(requestRate),
      unit: '/s',
      kind: isHot(page) && isByRequests(page) ? 'hot' : '',
    },
    { name: 'Target', value: formatRate(target), unit: `${metric ?? ''} a replica` },
    { name: 'Replicas', value: <Replicas page={page} /> },
    {
      name: 'In the answer',
      kind: 'long',
      value: (
        <ul class="addresses">
          {addresses.map((address) => (
            <li key={address}>{address}</li>
          ))}
        </ul>
      ),
    },
  ];
}

/** Its replicas failed, and it waits before it boots others. */
function isHeldBack({ deciding }: PageSnapshot): boolean {
  return (deciding?.chain ?? []).some(({ reason }) => reason === 'Quarantined' || reason === 'BackoffActive');
}
