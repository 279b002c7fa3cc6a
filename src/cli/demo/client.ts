import { createHash } from 'node:crypto';
import { Client } from 'undici';

/** A page as a client asks for it. */
export interface VisitedPage {
  readonly host: string;
  readonly urlPath: string;
  /** SHA-256 in lower-case hex of the body that the client must get. */
  readonly digest: string;
}

export type Fetched = { readonly ok: true } | { readonly ok: false; readonly reason: string };

const DEFAULT_HTTP_PORT = 80;
const OK = 200;

/** Gets a page from one address as somebody new would, on a connection of its own, and checks that it is the whole page. */
export async function fetchPage(
  address: string,
  httpPort: number,
  page: VisitedPage,
  timeoutMs: number,
): Promise<Fetched> {
  const port = httpPort === DEFAULT_HTTP_PORT ? '' : `:${httpPort}`;
  const client = new Client(`http://${address}${port}`, {
    // undici's word for no keep-alive.
    pipelining: 0,
    connect: { timeout: timeoutMs },
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
  });
  try {
    const response = await client.request({
      path: page.urlPath,
      method: 'GET',
      headers: { host: `${page.host}${port}` },
    });
    const digest = createHash('sha256');
    for await (const chunk of response.body) digest.update(chunk);
    if (response.statusCode !== OK)
      return { ok: false, reason: `${address} answered ${response.statusCode} for ${page.host}` };
    if (digest.digest('hex') !== page.digest)
      return { ok: false, reason: `${address} sent a wrong body for ${page.host}` };
    return { ok: true };
  } catch (error) {
    return { ok: false, reason: `${address} failed for ${page.host}: ${describe(error)}` };
  } finally {
    await client.destroy();
  }
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error ? `${String(error.code)}: ` : '';
  return `${code}${error.message}`;
}
