import { createHash } from 'node:crypto';
import { Agent, request } from 'undici';
import type { ProbeSettings } from '../policy/policy.js';
import type { ProbeOutcome } from '../scale/probing.js';
import type { Bundle } from '../site/bundle.js';

/** Where to ask, and for what. */
export interface ProbeTarget {
  readonly address: string;
  readonly port: number;
  readonly host: string;
  readonly urlPath: string;
  readonly bundle: Bundle;
  readonly bodySha256: ProbeSettings['bodySha256'];
}

/** A connection of its own each time: a kept one would say that an old connection works, not that a new one would. */
const agent = new Agent({ pipelining: 0, connections: null, keepAliveTimeout: 1, autoSelectFamily: false });

/**
 * Asks the replica for its page as a visitor would. `whole` fetches the body and compares its SHA-256, which is what
 * lets an address into an answer; afterwards the entity tag of a HEAD is enough, since it is made from the same hash.
 */
export async function probe(target: ProbeTarget, whole: boolean, timeoutMs: number): Promise<ProbeOutcome> {
  const authority = target.address.includes(':') ? `[${target.address}]` : target.address;
  try {
    const response = await request(`http://${authority}:${target.port}${target.urlPath}`, {
      dispatcher: agent,
      // A program that makes its pages anew may know no HEAD.
      method: whole || target.bodySha256 === 'any' ? 'GET' : 'HEAD',
      headers: { host: target.host, 'accept-encoding': 'identity', connection: 'close' },
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (target.bodySha256 === 'any') {
      await response.body.dump();
      return response.statusCode === 200 ? { kind: 'ok' } : wrongStatus(response.statusCode);
    }
    if (whole) return judgeBody(response.statusCode, await sha256(response.body), target.bundle);
    await response.body.dump();
    return judgeTag(response.statusCode, response.headers.etag, target.bundle);
  } catch (error) {
    return { kind: 'unreachable', detail: error instanceof Error ? describe(error) : String(error) };
  }
}

function judgeBody(status: number, digest: string, bundle: Bundle): ProbeOutcome {
  if (status !== 200) return wrongStatus(status);
  if (digest === bundle.digest) return { kind: 'ok' };
  return wrong(`the body's SHA-256 is ${digest.slice(0, 12)}…, the page's is ${bundle.digest.slice(0, 12)}…`);
}

function judgeTag(status: number, etag: unknown, bundle: Bundle): ProbeOutcome {
  if (status !== 200) return wrongStatus(status);
  const expected = bundle.representations[0]?.etag;
  return etag === expected
    ? { kind: 'ok' }
    : wrong(`entity tag ${String(etag)}, expected ${String(expected)}`);
}

function wrongStatus(status: number): ProbeOutcome {
  return wrong(`status ${status}, expected 200`);
}

function wrong(detail: string): ProbeOutcome {
  return { kind: 'wrong', detail };
}

async function sha256(body: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of body) hash.update(chunk);
  return hash.digest('hex');
}

function describe(error: Error): string {
  return error.name === 'TimeoutError' ? 'no answer in time' : error.message;
}
