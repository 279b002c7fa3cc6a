import type { HeaderLine } from './header-block.js';

/** A finished response; `Date` and `Connection` are the server's. */
export interface PageResponse {
  readonly status: number;
  readonly headers: readonly HeaderLine[];
  /** A view, not a copy; empty where the method or status calls for none. */
  readonly body: Uint8Array;
}

const MEANINGS = {
  301: 'Moved Permanently: ask for the folder with a slash at its end',
  400: 'Bad Request',
  404: 'Not Found: this host has no such page',
  405: 'Method Not Allowed: pages answer GET and HEAD',
  406: 'Not Acceptable: the page exists in none of the encodings that the request allows',
  412: 'Precondition Failed: the page is not what the request expects',
  416: 'Range Not Satisfiable: the page ends before the range begins',
  421: 'Misdirected Request: this server does not answer for that host',
} as const;

export type PlainStatus = keyof typeof MEANINGS;
/** Why a request leads to no page. */
export type Refusal = 400 | 404 | 421;

const NOTHING = new Uint8Array();

/** A response that tells a person what happened, in one line of text. */
export function plainResponse(
  method: string,
  status: PlainStatus,
  headers: readonly HeaderLine[] = [],
): PageResponse {
  const body = new TextEncoder().encode(`${status} ${MEANINGS[status]}\n`);
  return {
    status,
    headers: [
      ['Content-Type', 'text/plain; charset=utf-8'],
      ['Content-Length', String(body.length)],
      ['Cache-Control', 'no-store'],
      ...headers,
    ],
    body: method === 'HEAD' ? NOTHING : body,
  };
}
