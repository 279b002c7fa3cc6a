import { decidingSteps, formatDuration } from '../format.js';
import type { DecisionView, ReplicaView } from '../source.js';
import { type Content, type Html, html } from './html.js';
import { table } from './table.js';

export function pageLink(path: string): Html {
  return html`<a href="/page?path=${encodeURIComponent(path)}">${path}</a>`;
}

export function chip(kind: string, text: Content): Html {
  return html`<span class="chip ${kind}">${text}</span>`;
}

export function addressList(addresses: readonly string[]): Html {
  return html`<ul class="addresses">${addresses.map((address) => html`<li>${address}</li>`)}</ul>`;
}

export function replicaTable(replicas: readonly ReplicaView[], withPage: boolean): Html {
  const page = { title: 'Page', isLong: true, cell: (replica: ReplicaView) => pageLink(replica.page) };
  return table<ReplicaView>(
    'Replicas',
    [
      {
        title: 'Address',
        cell: (replica) => html`<span class="address">${replica.address}</span><small>${replica.id}</small>`,
      },
      { title: 'State', cell: ({ state }) => chip(state, state) },
      {
        title: 'Driver',
        cell: ({ driver, ref }) => (ref === '' ? driver : html`${driver} <small>${ref}</small>`),
      },
      { title: 'Age', isNumber: true, cell: ({ ageSeconds }) => formatDuration(ageSeconds) },
      { title: 'In state', isNumber: true, cell: ({ stateSeconds }) => formatDuration(stateSeconds) },
      { title: 'Requests', isNumber: true, cell: ({ requests }) => requests ?? '–' },
      { title: 'Open', isNumber: true, cell: ({ openConnections }) => openConnections ?? '–' },
      ...(withPage ? [page] : []),
      { title: 'Why', isLong: true, cell: ({ reason }) => reason },
    ],
    replicas,
    'None: the origin serves alone.',
  );
}

/** The feed of decisions, latest first; each with the steps that changed its number. */
export function decisionFeed(decisions: readonly DecisionView[], withPage: boolean): Html {
  if (decisions.length === 0) return html`<p class="empty">None yet.</p>`;
  return html`<ol class="feed">${decisions.map((decision) => decisionItem(decision, withPage))}</ol>`;
}

function decisionItem(decision: DecisionView, withPage: boolean): Html {
  const { at, from, to, chain, actions } = decision;
  const direction = to > from ? 'up' : to < from ? 'down' : 'same';
  const why = decidingSteps(from, chain).map(({ reason, detail }) => html`<p><b>${reason}</b> ${detail}</p>`);
  return html`<li>
<div class="what"><time datetime="${at}">${clockTime(at)}</time> <span class="change ${direction}">${from} → ${to}</span> ${withPage ? pageLink(decision.page) : ''} ${decision.dryRun ? chip('dry', 'dry run') : ''} <small>${decision.policy}</small></div>
${why}${actions.map((action) => html`<p class="action">${action}</p>`)}
</li>
`;
}

/** `2026-01-31T08:00:05.123Z` as `08:00:05 UTC`; the day is in the attribute. */
function clockTime(at: string): string {
  return `${at.slice(11, 19)} UTC`;
}
