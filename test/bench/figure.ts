/** At most or at least so much; in `times`, of the peer's value; or a range. */
export type Goal =
  | `<= ${number}`
  | `>= ${number}`
  | `<= ${number} times`
  | `>= ${number} times`
  | `${number} to ${number}`;

/** One thing that was measured. */
export interface Figure {
  readonly name: string;
  /** Not a number where it could not be measured; then the note says what it needs. */
  readonly value: number;
  readonly unit: string;
  /** The same of something else, measured in the same run, so that a busy machine is busy for both. */
  readonly peer?: { readonly name: string; readonly value: number };
  readonly goal?: Goal;
  readonly note?: string;
}

/** What a module of this folder exports as `figures`. */
export interface Bench {
  readonly name: string;
  run(): Promise<readonly Figure[]>;
}

/** Whether a figure reaches its goal; null where it has none, or was not measured. */
export function isMet({ value, peer, goal }: Figure): boolean | null {
  if (goal === undefined || !Number.isFinite(value)) return null;
  const range = /^([\d.]+) to ([\d.]+)$/.exec(goal);
  if (range !== null) return value >= Number(range[1]) && value <= Number(range[2]);
  const limit = /^(<=|>=) ([\d.]+)( times)?$/.exec(goal);
  if (limit === null) throw new Error(`the goal "${goal}" is none that is known`);
  const measured = limit[3] === undefined ? value : value / (peer?.value ?? Number.NaN);
  return limit[1] === '<=' ? measured <= Number(limit[2]) : measured >= Number(limit[2]);
}

/** One line: `surge to first new answer: 212 ms; goal <= 300: met (p50 of 15)`. */
export function formatFigure(figure: Figure): string {
  const { name, value, unit, peer, goal, note } = figure;
  if (!Number.isFinite(value)) return `${name}: not measured (${note ?? 'no reason given'})`;
  const ratio =
    peer === undefined
      ? ''
      : `; ${round(value / peer.value)} times ${peer.name} (${measure(peer.value, unit)})`;
  const verdict = goal === undefined ? '' : `; goal ${goal}: ${isMet(figure) ? 'met' : 'MISSED'}`;
  return `${name}: ${measure(value, unit)}${ratio}${verdict}${note === undefined ? '' : ` (${note})`}`;
}

/** Of the sorted values, the one below which a share of them lies; 0.5 is the median. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

function measure(value: number, unit: string): string {
  return unit === '' ? round(value) : `${round(value)} ${unit}`;
}

function round(value: number): string {
  return Math.abs(value) >= 1_000 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
}
