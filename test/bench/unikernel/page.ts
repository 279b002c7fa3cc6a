import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { demoFiles } from '../../../src/cli/demo/site.js';
import { encodeBundle } from '../../../src/site/bundle-codec.js';

/** What both serve: the first page of the demo's site. */
export interface ServedPage {
  readonly host: string;
  readonly path: string;
  readonly body: Buffer;
  /** For the page kernel. */
  readonly bundleFile: string;
  /** For whoever serves files. */
  readonly bodyFile: string;
}

const HOST = 'index-html.bench.test';
const PATH = '/index.html';

/** Calls `use` with a temporary folder that has the page, and removes it. */
export async function withPage<T>(use: (folder: string, page: ServedPage) => Promise<T>): Promise<T> {
  const body = demoFiles().get(PATH);
  if (body === undefined) throw new Error(`the demo's site has no ${PATH}`);
  const folder = await mkdtemp(join(tmpdir(), 'hotzone-bench-'));
  const [bundleFile, bodyFile] = [join(folder, 'page.bundle'), join(folder, 'index.html')];
  try {
    const digest = createHash('sha256').update(body).digest('hex');
    const page = { host: HOST, path: PATH, urlPath: PATH, contentType: 'text/html; charset=utf-8' };
    const representations = [{ encoding: 'identity' as const, etag: '"1"', body: Uint8Array.from(body) }];
    await writeFile(bundleFile, encodeBundle({ ...page, lastModified: 0, digest, representations }));
    await writeFile(bodyFile, body);
    return await use(folder, { host: HOST, path: PATH, body, bundleFile, bodyFile });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
