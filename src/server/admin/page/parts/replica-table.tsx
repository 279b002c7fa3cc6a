import { formatDuration, UNKNOWN } from '../../format.js';
import type { ReplicaView } from '../../source.js';
import type { Hand } from '../model.js';
import { visible } from '../words.js';
import { Drain } from './drain.js';
import { PageLink, State } from './marks.js';
import { type Column, Table } from './table.js';

export interface ReplicaTableProps {
  readonly replicas: readonly ReplicaView[];
  readonly hand: Hand;
  /** Not on a page's own view. */
  readonly withPage: boolean;
}

const SHOWN = 200;
/** Enough to know it by, here and for "hotzone drain". */
const ID_SHOWN = 8;
const LEAVING: ReadonlySet<string> = new Set(['draining', 'stopping', 'gone']);

export function ReplicaTable({ replicas, hand, withPage }: ReplicaTableProps) {
  if (replicas.length === 0)
    return <p class="empty">None: the origin serves {withPage ? 'every page' : 'it'} alone.</p>;
  const columns: readonly Column<ReplicaView>[] = [
    {
      title: 'Address',
      kind: 'main',
      cell: ({ address, id }) => (
        <>
          <span class="mono">{address}</span>
          <small class="mono" title={visible(id)}>
            {visible(id.slice(0, ID_SHOWN))}
          </small>
        </>
      ),
    },
    { title: 'State', cell: ({ state }) => <State state={state} /> },
    ...(withPage
      ? [{ title: 'Page', kind: 'wide', cell: ({ page }: ReplicaView) => <PageLink path={page} /> } as const]
      : []),
    { title: 'In state', kind: 'number', cell: ({ stateSeconds }) => formatDuration(stateSeconds) },
    { title: 'Age', kind: 'number', cell: ({ ageSeconds }) => formatDuration(ageSeconds) },
    { title: 'Requests', kind: 'number', cell: ({ requests }) => requests?.toLocaleString('en') ?? UNKNOWN },
    { title: 'Open', kind: 'number', cell: ({ openConnections }) => openConnections ?? UNKNOWN },
    {
      title: 'Driver',
      cell: ({ driver, ref }) => (
        <>
          {driver}
          {ref !== '' && <small class="mono">{visible(ref)}</small>}
        </>
      ),
    },
    { title: 'Why', kind: 'long', cell: ({ reason }) => visible(reason) },
    ...(hand.isUnlocked
      ? [
          {
            title: 'By hand',
            isUntitled: true,
            cell: (replica: ReplicaView) =>
              !LEAVING.has(replica.state) && <Drain replica={replica} hand={hand} />,
          } as const,
        ]
      : []),
  ];
  return (
    <>
      <Table caption="Replicas" columns={columns} rows={replicas.slice(0, SHOWN)} keyOf={({ id }) => id} />
      {replicas.length > SHOWN && (
        <p class="faint">
          {replicas.length - SHOWN} more are at <a href="/api/v1/replicas">/api/v1/replicas</a>.
        </p>
      )}
    </>
  );
}
