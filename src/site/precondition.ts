import { parseHttpDate } from './http-date.js';

export interface ConditionalHeaders {
  readonly 'if-match'?: string | undefined;
  readonly 'if-none-match'?: string | undefined;
  readonly 'if-modified-since'?: string | undefined;
  readonly 'if-unmodified-since'?: string | undefined;
  readonly 'if-range'?: string | undefined;
}

/** What preconditions are compared with: of the representation that was selected. */
export interface Validators {
  readonly etag: string;
  /** Unix seconds. */
  readonly lastModified: number;
}

const ENTITY_TAG = /(W\/)?("[\x21\x23-\x7e\x80-\xff]*")/g;

/** Evaluates the preconditions of a GET or HEAD in the order of RFC 9110 section 13.2.2; 200 means: go on. */
export function evaluatePreconditions(headers: ConditionalHeaders, validators: Validators): 200 | 304 | 412 {
  if (headers['if-match'] !== undefined) {
    if (!matches(headers['if-match'], validators.etag, 'strong')) return 412;
  } else {
    const date = dateOf(headers['if-unmodified-since'], validators);
    if (date !== null && validators.lastModified > date) return 412;
  }
  if (headers['if-none-match'] !== undefined) {
    return matches(headers['if-none-match'], validators.etag, 'weak') ? 304 : 200;
  }
  const date = dateOf(headers['if-modified-since'], validators);
  return date !== null && validators.lastModified <= date ? 304 : 200;
}

/**
 * Whether a Range field counts (RFC 9110 section 13.1.5): not if If-Range names another entity tag. A date never
 * matches, because a date is a strong validator only for someone who knows that the page had no second version in
 * that second; the client then gets the whole page, which is always right.
 */
export function rangeCounts(ifRange: string | undefined, etag: string): boolean {
  return ifRange === undefined || ifRange.trim() === etag;
}

/** RFC 9110 section 8.8.3.2; the page's own tag is always a strong one. */
function matches(field: string, etag: string, comparison: 'strong' | 'weak'): boolean {
  if (field.trim() === '*') return true;
  for (const [, weak, tag] of field.matchAll(ENTITY_TAG)) {
    if (tag === etag && (weak === undefined || comparison === 'weak')) return true;
  }
  return false;
}

function dateOf(field: string | undefined, validators: Validators): number | null {
  if (field === undefined) return null;
  // A two-digit year is near the page's own: nearer to the truth than no clock at all.
  const year = new Date(validators.lastModified * 1_000).getUTCFullYear();
  return parseHttpDate(field.trim(), year);
}
