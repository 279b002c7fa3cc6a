import type { Hand, Model } from './model.js';
import { Feed } from './parts/feed.js';
import { Figures, statusFigures } from './parts/figures.js';
import { Pages } from './parts/pages.js';
import { ReplicaTable } from './parts/replica-table.js';
import type { Overview } from './snapshot.js';

export interface OverviewProps {
  readonly overview: Overview;
  readonly model: Model;
  readonly hand: Hand;
}

/** What is hot, what serves it, and what was decided. */
export function OverviewView({ overview, model, hand }: OverviewProps) {
  const { status, warm, cold, replicas, decisions } = overview;
  return (
    <>
      <Figures figures={statusFigures(status)} />
      <div class="columns">
        <div>
          <section aria-labelledby="pages">
            <h2 id="pages">
              Pages by heat <small>rates per second</small>
            </h2>
            <Pages warm={warm} cold={cold} total={status.counts.pages} model={model} />
          </section>
          <section aria-labelledby="replicas">
            <h2 id="replicas">Replicas</h2>
            <ReplicaTable replicas={replicas} hand={hand} withPage />
          </section>
        </div>
        <section aria-labelledby="decisions">
          <h2 id="decisions">Decisions</h2>
          <Feed decisions={decisions} now={model.now} withPage />
        </section>
      </div>
    </>
  );
}
