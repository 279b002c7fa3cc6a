import { formatRate } from '../format.js';
import type { AdminSource, DecisionView, PageView } from '../source.js';
import { document } from './document.js';
import { type Content, type Html, html } from './html.js';
import { addressList, decisionFeed, replicaTable } from './parts.js';
import { table } from './table.js';

const DECISIONS_SHOWN = 20;

/** A page's own view: what is measured, what serves it, and the whole chain of reasons. */
export function pageDetail(source: AdminSource, page: PageView): string {
  const decisions = source.decisions({ page: page.path, limit: DECISIONS_SHOWN });
  const [latest] = decisions;
  return document({
    title: `${page.path} · hotzone`,
    body: html`<header><p><a href="/">All pages</a></p><h1>${page.path}</h1><p>${page.host}</p></header>
<dl class="facts">${facts(page).map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
<section aria-labelledby="why"><h2 id="why">Why</h2>
<pre>${(source.explain(page.path) ?? []).join('\n')}</pre>
${latest === undefined ? '' : chainTable(latest)}
</section>
<section aria-labelledby="replicas"><h2 id="replicas">Replicas</h2>
${replicaTable(
  source.replicas().filter((replica) => replica.page === page.path),
  false,
)}
</section>
<section aria-labelledby="decisions"><h2 id="decisions">Decisions</h2>
${decisionFeed(decisions, false)}
</section>`,
  });
}

/** What is shown for a page that is not there, with the status to go with it left to the caller. */
export function pageMissing(path: string): string {
  return document({
    title: 'No such page · hotzone',
    body: html`<header><p><a href="/">All pages</a></p><h1>No such page</h1>
<p>The site has no page <code>${path}</code>. It may have been removed, or renamed.</p></header>`,
  });
}

function facts(page: PageView): readonly (readonly [string, Content])[] {
  return [
    [
      'Demand',
      html`${page.demandIsLowerBound ? '≥\u00a0' : ''}${formatRate(page.demand)} <small>visits/s</small>`,
    ],
    ['Queries seen', html`${formatRate(page.queryRate)} <small>/s</small>`],
    ['Requests served', html`${formatRate(page.requestRate)} <small>/s</small>`],
    ['Target', html`${formatRate(page.target)} <small>${page.metric ?? ''} a replica</small>`],
    [
      'Replicas',
      html`${page.serving} of ${page.desired} <small>+${page.booting} booting, −${page.draining} draining</small>`,
    ],
    ['Policy', page.policy ?? 'none matches'],
    ['In the answer', addressList(page.addresses)],
    ['TTL', html`${page.ttl} <small>s</small>`],
    ['Last reason', page.lastReason],
  ];
}

function chainTable(decision: DecisionView): Html {
  return table(
    'The last decision, step by step',
    [
      { title: 'Step', cell: (step) => step.step },
      { title: 'Replicas', isNumber: true, cell: (step) => step.value },
      { title: 'Reason', isLong: true, cell: (step) => step.reason },
      { title: 'Detail', isLong: true, cell: (step) => step.detail },
    ],
    decision.chain,
    'It has no steps.',
  );
}
