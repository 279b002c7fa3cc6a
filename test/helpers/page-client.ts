import { createHash } from 'node:crypto';
import { encodeBundle } from '../../src/site/bundle-codec.js';
import { bundleOf } from './bundle.js';
import { type Answer, type Ask, ask } from './http.js';
import { TOKEN } from './page-vm.js';

export const HOST = 'index.html.example.org';

export const digestOf = (body: Uint8Array): string => createHash('sha256').update(body).digest('hex');

/** A bundle whose page has this body, and no other representation. */
export function pageOf(body: Uint8Array): Uint8Array {
  return encodeBundle(
    bundleOf({
      digest: digestOf(body),
      representations: [{ encoding: 'identity', etag: '"big"', body: Uint8Array.from(body) }],
    }),
  );
}

export interface PageClient {
  get(options?: Partial<Ask>): Promise<Answer>;
  control(method: string, command: string, token?: string): Promise<{ status: number; text: string }>;
  counters(): Promise<Record<string, number>>;
}

/** Clients, and the controller, of the machine there. */
export function clientOf(port: number, address = '127.0.0.1'): PageClient {
  const get = (options: Partial<Ask> = {}): Promise<Answer> => ask({ address, port, host: HOST, ...options });
  const control = async (method: string, command: string, token = TOKEN) => {
    const answer = await get({
      method,
      target: `/.hotzone/${command}`,
      headers: { 'x-hotzone-token': token },
    });
    return { status: answer.status, text: answer.body.toString() };
  };
  const counters = async () => JSON.parse((await control('GET', 'counters')).text) as Record<string, number>;
  return { get, control, counters };
}
