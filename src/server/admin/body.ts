import type { IncomingMessage } from 'node:http';
import { errorReply, type Reply } from './reply.js';

/** Far more than any command has to say. */
const MAX_BYTES = 4_096;

export type Body =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly reply: Reply };

/**
 * Reads the JSON that came with a request. It has to be called JSON: that is what no form of another site can send
 * without the browser asking here first (Fetch standard, CORS-safelisted request-header).
 */
export async function readJson(request: IncomingMessage): Promise<Body> {
  const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json')
    return refuse(415, 'the body has to be JSON', 'send it with "content-type: application/json"');
  const body = await readAll(request);
  if (body === null) return refuse(413, `the body has more than ${MAX_BYTES} bytes`, 'send less');
  try {
    return { ok: true, value: JSON.parse(body.toString('utf8')) };
  } catch {
    return refuse(400, 'the body is no JSON', 'e.g. {"page": "/index.html", "replicas": 3, "for": "2h"}');
  }
}

/** Null: it is too long. Leaving an iteration early would end the connection before it was answered. */
function readAll(request: IncomingMessage): Promise<Buffer | null> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > MAX_BYTES) resolve(null);
      else chunks.push(chunk);
    });
    request.on('end', () => resolve(Buffer.concat(chunks)));
    request.on('error', reject);
  });
}

function refuse(status: number, message: string, hint: string): Body {
  return { ok: false, reply: errorReply(status, message, hint) };
}
