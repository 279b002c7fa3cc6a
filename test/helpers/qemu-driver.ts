import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { QEMU_DEFAULTS } from '../../src/cli/qemu-settings.js';
import type { Driver } from '../../src/driver/driver.js';
import { qemuDriver } from '../../src/driver/qemu/qemu-driver.js';
import type { QemuDriverOptions } from '../../src/driver/qemu/qemu-options.js';
import { encodeBundle } from '../../src/site/bundle-codec.js';
import type { DriverUnderTest } from '../driver/conformance.js';
import { BODY, bundleOf } from './bundle.js';
import { freePort } from './process-driver.js';
import { skipWithout } from './program.js';

export const QEMU = 'qemu-system-x86_64';
export const skipWithoutQemu = skipWithout(QEMU, 'qemu-system-x86');
/** The page kernel, as `npm run kernel` builds it. */
export const KERNEL = QEMU_DEFAULTS.kernel;
export const skipWithoutKernel =
  skipWithoutQemu || (existsSync(KERNEL) ? false : 'needs the page kernel: npm run kernel');

export interface QemuDriverUnderTest extends DriverUnderTest {
  readonly folder: string;
  readonly stateDir: string;
  readonly options: QemuDriverOptions;
  open(options?: Partial<QemuDriverOptions>): Driver;
  /** Another bundle of the same page; resolves to its file. */
  writeBundle(body: Uint8Array): Promise<string>;
}

/** A QEMU driver over a temporary state folder and the user network, and a bundle to serve. */
export async function setUpQemuDriver(kernel: string): Promise<QemuDriverUnderTest> {
  const folder = await mkdtemp(join(tmpdir(), 'hotzone-'));
  const bundleFile = join(folder, 'page.bundle');
  const bundle = bundleOf();
  await writeFile(bundleFile, encodeBundle(bundle));
  const stateDir = join(folder, 'state');
  const addresses = Array.from({ length: 12 }, (_, index) => `127.62.0.${index + 1}`);
  const port = await freePort();
  const options: QemuDriverOptions = {
    stateDir,
    qemu: QEMU,
    kernel,
    network: { kind: 'user' },
    pool: { addresses, port },
  };
  return {
    folder,
    stateDir,
    options,
    open: (other = {}) => qemuDriver({ ...options, ...other }),
    writeBundle: async (body) => {
      const file = join(folder, 'other.bundle');
      const digest = createHash('sha256').update(body).digest('hex');
      const representations = [{ encoding: 'identity' as const, etag: '"other"', body }];
      await writeFile(file, encodeBundle(bundleOf({ digest, representations })));
      return file;
    },
    page: bundle.path,
    host: bundle.host,
    bundleFile,
    body: BODY,
    addresses,
    port,
    close: () => rm(folder, { recursive: true, force: true }),
  };
}
