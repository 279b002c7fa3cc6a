import { type DemoEvent, formatEvent } from './event.js';
import { renderLine, type Span, type Style, shorten, wrapCommand } from './screen.js';
import { PHASES, type PhaseName } from './story.js';
import type { LoadCounters } from './tally.js';

/** One page as the demo shows it. */
export interface DemoPage {
  readonly path: string;
  /** Visits per second as the daemon measures them; `null` where nothing was measured. */
  readonly demand: number | null;
  /** Serving, and wanted. */
  readonly serving: number;
  readonly desired: number;
  /** What is answered for it now. */
  readonly addresses: readonly string[];
}

/** All that the live view shows. */
export interface DemoView {
  readonly domain: string;
  readonly phase: PhaseName;
  /** Monotonic milliseconds; so is `startedAt`. */
  readonly now: number;
  readonly startedAt: number;
  /** In any order: the hottest is shown first. */
  readonly pages: readonly DemoPage[];
  /** Oldest first. */
  readonly events: readonly DemoEvent[];
  readonly load: LoadCounters;
  readonly statusUrl: string;
  /** Shell commands to try meanwhile. */
  readonly commands: readonly string[];
}

export interface ViewSize {
  readonly columns: number;
  readonly rows: number;
}

/** A terminal at least so wide has room for long bars. */
const WIDE_COLUMNS = 110;
const MAX_EVENTS = 10;

/** The whole screen as text: at most so many lines, and none wider than the terminal. */
export function renderView(view: DemoView, size: ViewSize, color = false): string {
  const head = [titleLine(view, size.columns), phaseLine(view.phase), []];
  const foot = [[], loadLine(view.load), ...tryLines(view, size.columns)];
  const middle = size.rows - head.length - foot.length;
  // On a small terminal the pages matter most, then what happened.
  const shownFoot = middle >= 6 ? foot : foot.slice(0, 2);
  const room = Math.max(0, size.rows - head.length - shownFoot.length);
  const eventLines = Math.min(MAX_EVENTS, view.events.length, Math.floor(room / 2) - 2);
  const events = eventLines > 0 ? [[], ...eventSection(view, eventLines)] : [];
  const pages = pageSection(view.pages, room - events.length, size.columns);
  return [...head, ...pages, ...events, ...shownFoot]
    .slice(0, size.rows)
    .map((spans) => renderLine(spans, size.columns, color))
    .join('\n');
}

function titleLine(view: DemoView, columns: number): readonly Span[] {
  const seconds = Math.floor((view.now - view.startedAt) / 1_000);
  const time = `${String(Math.floor(seconds / 60)).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}`;
  const title = 'hotzone demo';
  const gap = columns - title.length - view.domain.length - 2 - time.length;
  return [
    { text: title, style: 'title' },
    { text: `  ${view.domain}${' '.repeat(Math.max(1, gap))}` },
    { text: time, style: 'dim' },
  ];
}

function phaseLine(phase: PhaseName): readonly Span[] {
  const present = PHASES.indexOf(phase);
  return PHASES.flatMap((name, index): Span[] => [
    ...(index === 0 ? [] : [{ text: ' ─▶ ', style: 'dim' as const }]),
    { text: name, style: index === present ? phaseStyle(phase) : 'dim' },
  ]);
}

function phaseStyle(phase: PhaseName): Style {
  switch (phase) {
    case 'quiet':
    case 'drained':
      return 'green';
    case 'surge':
    case 'hot':
      return 'red';
    case 'cooling':
      return 'yellow';
    default:
      return phase satisfies never;
  }
}

function pageSection(
  pages: readonly DemoPage[],
  lines: number,
  columns: number,
): readonly (readonly Span[])[] {
  if (lines <= 0) return [];
  const hottest = [...pages].sort(
    (a, b) => (b.demand ?? 0) - (a.demand ?? 0) || b.serving - a.serving || a.path.localeCompare(b.path),
  );
  const widths =
    columns >= WIDE_COLUMNS
      ? { path: Math.floor(columns * 0.45), bar: 10 }
      : { path: Math.max(10, Math.floor(columns * 0.4)), bar: 5 };
  const top = Math.max(1, hottest[0]?.demand ?? 0);
  const header = `${'PAGE'.padEnd(widths.path)} ${'VISITS/S'.padStart(8)} ${' '.repeat(widths.bar)} REPLICAS ANSWER`;
  return [
    [{ text: header, style: 'dim' }],
    ...hottest.slice(0, lines - 1).map((page) => pageLine(page, widths, top)),
  ];
}

interface Widths {
  readonly path: number;
  readonly bar: number;
}

function pageLine(page: DemoPage, widths: Widths, top: number): readonly Span[] {
  const { demand, serving, desired } = page;
  const halves = Math.round(((demand ?? 0) / top) * widths.bar * 2);
  const bar = '█'.repeat(Math.floor(halves / 2)) + (halves % 2 === 1 ? '▌' : '');
  const isHot = serving > 0 || desired > 0;
  return [
    { text: shorten(page.path, widths.path).padEnd(widths.path), style: isHot ? 'bold' : 'plain' },
    { text: ` ${(demand === null ? '?' : demand.toFixed(1)).padStart(8)} ` },
    { text: bar.padEnd(widths.bar), style: isHot ? 'red' : 'cyan' },
    {
      text: ` ${(isHot ? `${serving} of ${desired}` : '-').padEnd(8)} `,
      style: serving < desired ? 'yellow' : 'plain',
    },
    { text: page.addresses.join(' '), style: serving > 0 ? 'green' : 'dim' },
  ];
}

function eventSection(view: DemoView, lines: number): readonly (readonly Span[])[] {
  return [
    [{ text: 'WHAT HAPPENED, AND WHY', style: 'dim' }],
    ...view.events.slice(-lines).map((event) => [{ text: formatEvent(event, view.startedAt) }]),
  ];
}

function loadLine({ queries, requests, requestLatency }: LoadCounters): readonly Span[] {
  const bad = (count: number): Style => (count === 0 ? 'green' : 'red');
  return [
    { text: `queries ${queries.sent} sent, ` },
    { text: `${queries.lost} lost`, style: bad(queries.lost) },
    { text: `   requests ${requests.ok} served, ` },
    { text: `${requests.failed} failed`, style: bad(requests.failed) },
    { text: `   p99 ${requestLatency.p99.toFixed(1)} ms`, style: 'dim' },
  ];
}

function tryLines(view: DemoView, columns: number): readonly (readonly Span[])[] {
  return [
    [
      { text: 'status page  ', style: 'dim' },
      { text: view.statusUrl, style: 'cyan' },
    ],
    ...view.commands.flatMap((command) => wrapCommand(`$ ${command}`, columns).map((text) => [{ text }])),
  ];
}
