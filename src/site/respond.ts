import type { Bundle, Representation } from './bundle.js';
import { parseRange } from './byte-range.js';
import { headerBlock, varyLines } from './header-block.js';
import { selectRepresentation } from './negotiation.js';
import { type PageResponse, plainResponse, type Refusal } from './plain-response.js';
import { type ConditionalHeaders, evaluatePreconditions, rangeCounts } from './precondition.js';
import { isOwnPath, parseTarget } from './request-target.js';

/** The header fields that a response depends on, with lower-case names. */
export interface RequestHeaders extends ConditionalHeaders {
  readonly host?: string | undefined;
  readonly range?: string | undefined;
  readonly 'accept-encoding'?: string | string[] | undefined;
}

export interface PageRequest {
  readonly method: string;
  /** As in the request line. */
  readonly target: string;
  readonly headers: RequestHeaders;
}

const NOTHING = new Uint8Array();

/** What the one server of one page does with a request: only the page's own host and paths lead to it. */
export function findOnOwnHost(request: PageRequest, bundle: Bundle): Bundle | Refusal {
  const target = parseTarget(request.target, request.headers.host);
  if (target === null) return 400;
  if (target.host !== bundle.host) return 421;
  return isOwnPath(bundle.urlPath, target.path) ? bundle : 404;
}

/**
 * The response to a request that led to a page or to a refusal: methods, encodings, preconditions and ranges, in
 * the order of RFC 9110 (sections 15.5.6, 12.5.3, 13.2.2, 14.2).
 */
export function respond(request: PageRequest, found: Bundle | Refusal): PageResponse {
  const { method, headers } = request;
  if (typeof found === 'number') return plainResponse(method, found);
  if (method !== 'GET' && method !== 'HEAD') return plainResponse(method, 405, [['Allow', 'GET, HEAD']]);
  const accepted = headers['accept-encoding'];
  const representation = selectRepresentation(
    found.representations,
    Array.isArray(accepted) ? accepted.join(',') : accepted,
  );
  if (representation === null) return plainResponse(method, 406, varyLines(found));
  const { etag } = representation;
  const outcome = evaluatePreconditions(headers, { etag, lastModified: found.lastModified });
  switch (outcome) {
    case 412:
      return plainResponse(method, 412);
    case 304:
      return { status: 304, headers: headerBlock(found, representation).validator, body: NOTHING };
    case 200:
      return method === 'GET' && rangeCounts(headers['if-range'], etag)
        ? part(found, representation, headers.range)
        : whole(found, representation, method);
    default:
      return outcome satisfies never;
  }
}

function whole(bundle: Bundle, representation: Representation, method: string): PageResponse {
  const block = headerBlock(bundle, representation);
  return {
    status: 200,
    headers: [...block.whole, ...block.content, ...block.validator],
    body: method === 'HEAD' ? NOTHING : representation.body,
  };
}

/** RFC 9110 section 14.2: ranges are defined for GET alone, and are taken from the chosen representation. */
function part(bundle: Bundle, representation: Representation, rangeField: string | undefined): PageResponse {
  const { body } = representation;
  const range = parseRange(rangeField, body.length);
  if (range === null) return whole(bundle, representation, 'GET');
  if (range === 'unsatisfiable') {
    return plainResponse('GET', 416, [['Content-Range', `bytes */${body.length}`]]);
  }
  const block = headerBlock(bundle, representation);
  return {
    status: 206,
    headers: [
      ['Content-Length', String(range.last - range.first + 1)],
      ['Content-Range', `bytes ${range.first}-${range.last}/${body.length}`],
      ...block.content,
      ...block.validator,
    ],
    body: body.subarray(range.first, range.last + 1),
  };
}
