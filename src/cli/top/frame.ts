import type { ScreenSize } from '../screen.js';
import { pageTable, replicaTable, summary } from '../status.js';
import { cut, oneLine } from '../table.js';
import type { TopModel } from './model.js';

/** Lines of a section that is short of room. */
const SECTION_MIN = 3;
const NEWS_SHARE = 0.25;
const PAGES_SHARE = 0.6;
const FOOT = 'q ends it; times are UTC';

/** All of the model in lines that fit the terminal. `now` is in monotonic milliseconds. */
export function frame(model: TopModel, size: ScreenSize, now: number): readonly string[] {
  const head = headLines(model);
  const room = Math.max(0, size.rows - head.length - 1);
  const news = model.news.slice(-Math.max(SECTION_MIN, Math.floor(room * NEWS_SHARE))).map(oneLine);
  const rest = Math.max(0, room - (news.length === 0 ? 0 : news.length + 1));
  const pages = table(pageTable(model.pages, size.columns));
  const replicas = table(replicaTable(rows(model, now), size.columns));
  // What the one does not need, the other may have.
  const pagesRoom = Math.max(Math.ceil(rest * PAGES_SHARE), rest - replicas.length - 1);
  const body = [...pages.slice(0, Math.max(SECTION_MIN, pagesRoom)), '', ...replicas].slice(0, rest);
  const padding = Array.from({ length: Math.max(0, rest - body.length) }, () => '');
  const lines = [...head, ...body, ...padding, ...(news.length === 0 ? [] : ['', ...news]), FOOT];
  return lines.slice(0, size.rows).map((line) => cut(line, size.columns));
}

/** The same for what is no screen: as long as it is. */
export function plainFrame(model: TopModel, now: number): string {
  const text = [
    headLines(model).join('\n'),
    pageTable(model.pages, undefined),
    replicaTable(rows(model, now), undefined),
  ].join('\n');
  return `${text}\n`;
}

function headLines({ status, trouble }: TopModel): readonly string[] {
  return [
    ...(trouble === null ? [] : [oneLine(trouble)]),
    ...(status === null ? [] : table(summary(status))),
    ...(status?.healthy === false ? ['the control loop stands still; the log of the daemon says why'] : []),
    '',
  ];
}

function rows({ replicas }: TopModel, now: number) {
  return [...replicas.values()]
    .sort((a, b) => (a.page < b.page ? -1 : a.page > b.page ? 1 : a.bornAt - b.bornAt))
    .map(({ bornAt, ...replica }) => ({ ...replica, ageSeconds: Math.max(0, (now - bornAt) / 1_000) }));
}

function table(text: string): readonly string[] {
  return text.replace(/\n+$/, '').split('\n');
}
