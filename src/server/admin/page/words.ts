import { showControls } from '../format.js';

/** Text of the site or the daemon as it can be shown; what is put in as text runs nothing, but could be invisible. */
export function visible(text: string): string {
  return showControls(text);
}

/** `3 replicas`, `1 replica`. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}

/** Where a page has its own view. */
export function pageAddress(path: string): string {
  return `/page?path=${encodeURIComponent(path)}`;
}

/** Where it is told why a page had what it had at a moment of the past. */
export function momentAddress(path: string, at: string): string {
  return `${pageAddress(path)}&at=${encodeURIComponent(at)}`;
}

/** `14:03:07` in the reader's time zone; with the day when it is not today's. */
export function clockTime(at: string | number, now: number): string {
  const moment = new Date(at);
  const time = [moment.getHours(), moment.getMinutes(), moment.getSeconds()]
    .map((part) => String(part).padStart(2, '0'))
    .join(':');
  return moment.toDateString() === new Date(now).toDateString() ? time : `${day(moment)} ${time}`;
}

function day(moment: Date): string {
  return [moment.getFullYear(), moment.getMonth() + 1, moment.getDate()]
    .map((part) => String(part).padStart(2, '0'))
    .join('-');
}
