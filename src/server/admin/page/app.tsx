import { formatDuration } from '../format.js';
import type { Hand, Model } from './model.js';
import { OverviewView } from './overview.js';
import { PageDetail } from './page-view.js';
import { Banners } from './parts/banners.js';
import { Connection } from './parts/connection.js';
import { PauseAll } from './parts/controls.js';
import { PageFinder } from './parts/page-finder.js';
import { Unlock } from './parts/unlock.js';
import type { Snapshot } from './snapshot.js';
import { visible } from './words.js';

export interface AppProps {
  readonly model: Model;
  readonly hand: Hand;
}

export function App({ model, hand }: AppProps) {
  const { snapshot, link, now } = model;
  const { status } = snapshot ?? {};
  return (
    <>
      <header>
        <h1>
          <a href="/">{status === undefined ? 'hotzone' : visible(status.zone)}</a>
        </h1>
        {status !== undefined && (
          <p class="faint about">
            hotzone {visible(status.version)} · serial {status.serial} · up{' '}
            {formatDuration(status.uptimeSeconds)}
          </p>
        )}
        <Connection link={link} now={now} />
        <div class="tools">
          {snapshot?.kind === 'overview' && (
            <PageFinder paths={[...snapshot.warm.map((page) => page.path), ...snapshot.cold]} />
          )}
          {hand.isUnlocked && status !== undefined && <PauseAll orders={status.orders} hand={hand} />}
          <Unlock hand={hand} />
        </div>
      </header>
      <main class={link.kind === 'lost' ? 'stale' : ''}>
        <Banners model={model} hand={hand} />
        {snapshot === null ? (
          <Waiting model={model} />
        ) : (
          <View snapshot={snapshot} model={model} hand={hand} />
        )}
      </main>
    </>
  );
}

function View({ snapshot, model, hand }: AppProps & { readonly snapshot: Snapshot }) {
  switch (snapshot.kind) {
    case 'overview':
      return <OverviewView overview={snapshot} model={model} hand={hand} />;
    case 'page':
      return <PageDetail snapshot={snapshot} model={model} hand={hand} />;
    default:
      return snapshot satisfies never;
  }
}

/** Nothing was heard yet; a banner says why if it will take longer. */
function Waiting({ model: { link, refusal } }: Pick<AppProps, 'model'>) {
  return link.kind === 'lost' || refusal !== null ? null : <p class="waiting">Loading …</p>;
}
