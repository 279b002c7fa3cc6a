import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { processDriver } from '../../src/driver/process/process-driver.js';
import { encodeBundle } from '../../src/site/bundle-codec.js';
import type { DriverUnderTest } from '../driver/conformance.js';
import { BODY, bundleOf } from './bundle.js';

export interface ProcessDriverUnderTest extends DriverUnderTest {
  readonly folder: string;
  readonly stateDir: string;
}

/** A port that nothing listens on, at any address of this host. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '0.0.0.0', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

/** A process driver over a temporary state folder, and a bundle to serve. */
export async function setUpProcessDriver(): Promise<ProcessDriverUnderTest> {
  const folder = await mkdtemp(join(tmpdir(), 'hotzone-'));
  const bundleFile = join(folder, 'page.bundle');
  const bundle = bundleOf();
  await writeFile(bundleFile, encodeBundle(bundle));
  const stateDir = join(folder, 'state');
  const addresses = ['127.61.0.1', '127.61.0.2', '127.61.0.3'];
  const port = await freePort();
  return {
    folder,
    stateDir,
    open: () => processDriver({ stateDir, node: process.execPath, pool: { addresses, port } }),
    page: bundle.path,
    host: bundle.host,
    bundleFile,
    body: BODY,
    addresses,
    port,
    close: () => rm(folder, { recursive: true, force: true }),
  };
}
