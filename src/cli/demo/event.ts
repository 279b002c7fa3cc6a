/** What can happen in the demo. The origin is no replica: its answers and clients are no events. */
export type EventKind =
  | 'surgeStarted'
  | 'surgeDetected'
  | 'replicaBooting'
  | 'replicaServing'
  | 'published'
  | 'firstClient'
  | 'loadDropped'
  | 'withdrawn'
  | 'replicaGone'
  | 'replicaFailed';

export interface DemoEvent {
  /** Monotonic milliseconds. */
  readonly at: number;
  readonly kind: EventKind;
  /** Its id. Expected in every event about a replica but `firstClient`, since a client only knows the address. */
  readonly replica?: string;
  readonly address?: string;
  /** In the operator's words. */
  readonly reason?: string;
}

const WORDS: Readonly<Record<EventKind, string>> = {
  surgeStarted: 'a crowd arrives',
  surgeDetected: 'surge detected',
  replicaBooting: 'replica boots',
  replicaServing: 'replica serves',
  published: 'address published',
  firstClient: 'first client',
  loadDropped: 'the crowd leaves',
  withdrawn: 'address withdrawn',
  replicaGone: 'replica gone',
  replicaFailed: 'replica failed',
};
const WORDS_WIDTH = Math.max(...Object.values(WORDS).map((words) => words.length));

/** `  6.213 s  address published  127.80.0.1  4 of 4 serve` */
export function formatEvent(event: DemoEvent, startedAt: number): string {
  const seconds = ((event.at - startedAt) / 1_000).toFixed(3).padStart(7);
  const parts = [event.address ?? event.replica, event.reason].filter((part) => part !== undefined);
  return [`${seconds} s`, WORDS[event.kind].padEnd(WORDS_WIDTH), ...parts].join('  ').trimEnd();
}
