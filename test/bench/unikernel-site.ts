import { cp, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { writeDemoSite } from '../../src/cli/demo/site.js';
import { openSiteFolder } from '../../src/content/site-folder.js';
import { findProgram } from '../helpers/program.js';
import { KERNEL, QEMU, skipWithoutKernel } from '../helpers/qemu-driver.js';
import type { Bench, Figure } from './figure.js';
import { DOMAIN, type Hotzone, startHotzone } from './hotzone.js';
import { childrenOf, memoryMb } from './process-memory.js';

const SOURCES = fileURLToPath(new URL('../../../src/unikernel', import.meta.url));
const MEGABYTE = 1_000_000;
const BOOT_TIMEOUT_MS = 120_000;

/**
 * What "A unikernel per URL" (Magnus Skjegstad, 2015) says of its 49 pages: built in four minutes in VirtualBox, 175 MB
 * of files, and 32 MB of memory for each machine.
 */
const POST = { name: 'the post of 2015', buildSeconds: 240, diskMb: 175, memoryMbEach: 32 } as const;
const OTHER_MACHINE = "the post's machine was another, of its time";

/** Every page has one unikernel, as with the shipped policy disaggregate. */
const POLICY = `version: 1
name: bench
match: { pages: ["/**"] }
minReplicas: 1
maxReplicas: 1
metric: { target: 1 }
placement: [{ driver: qemu, memory: 16MiB }]
budget: { maxInstances: 100 }
instance: { bootTimeout: 60s }
`;

export const figures: readonly Bench[] = [
  { name: 'unikernel site build', run: measureBuild },
  { name: 'unikernel site', run: measureSite },
];

async function measureBuild(): Promise<readonly Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'hotzone-bench-'));
  try {
    const kernel = await buildKernel(folder);
    const bundles = await buildBundles(folder);
    if (kernel === null) {
      const note = 'needs cargo, see npm run kernel';
      return [{ name: 'time to build the unikernels of a site', value: Number.NaN, unit: 's', note }];
    }
    const name = `time to build ${bundles.count} unikernels from nothing`;
    return [
      {
        name,
        value: kernel.seconds + bundles.seconds,
        unit: 's',
        peer: { name: POST.name, value: POST.buildSeconds },
        note: `one kernel for all, crates at hand, and a bundle each; ${OTHER_MACHINE}`,
      },
      {
        name: '  of which the bundles',
        value: bundles.seconds,
        unit: 's',
        note: 'all that a changed site takes',
      },
      {
        name: `size of ${bundles.count} unikernels`,
        value: (kernel.octets + bundles.octets) / MEGABYTE,
        unit: 'MB',
        peer: { name: POST.name, value: POST.diskMb },
        note: 'kernel and bundles; the site is made like that of the post, not the same',
      },
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Of a copy of the sources, without what was built before; null where there is no Rust. */
async function buildKernel(
  folder: string,
): Promise<{ readonly seconds: number; readonly octets: number } | null> {
  if (findProgram('cargo') === undefined) return null;
  const copy = join(folder, 'src/unikernel');
  await cp(SOURCES, copy, { recursive: true, filter: (path) => basename(path) !== 'target' });
  const start = performance.now();
  await execa(join(copy, 'build.sh'));
  const seconds = (performance.now() - start) / 1_000;
  return { seconds, octets: (await stat(join(folder, 'dist/src/unikernel', basename(KERNEL)))).size };
}

async function buildBundles(
  folder: string,
): Promise<{ readonly seconds: number; readonly octets: number; readonly count: number }> {
  const dir = join(folder, 'site');
  const bundleDir = join(folder, 'bundles');
  await writeDemoSite(dir);
  const start = performance.now();
  const site = await openSiteFolder({
    dir,
    domain: DOMAIN,
    naming: 'flat',
    scheme: 'http',
    port: 80,
    bundleDir,
  });
  const seconds = (performance.now() - start) / 1_000;
  if (!site.ok) throw new Error(JSON.stringify(site.problems));
  await site.value.close();
  const files = await readdir(bundleDir);
  const sizes = await Promise.all(files.map(async (file) => (await stat(join(bundleDir, file))).size));
  return { seconds, octets: sizes.reduce((sum, size) => sum + size, 0), count: files.length };
}

async function measureSite(): Promise<readonly Figure[]> {
  if (skipWithoutKernel !== false) {
    return [{ name: 'unikernel site', value: Number.NaN, unit: 's', note: skipWithoutKernel }];
  }
  const startedAt = Date.now();
  const hotzone = await startHotzone(POLICY);
  try {
    const count = hotzone.pages.length;
    const servingAt = await allServing(hotzone, count);
    const machines = childrenOf(hotzone.daemon.pid, QEMU).map(memoryMb);
    if (machines.length !== count) throw new Error(`${machines.length} machines run for ${count} pages`);
    const total = (of: 'rss' | 'pss'): number => machines.reduce((sum, machine) => sum + machine[of], 0);
    return [
      {
        name: `time until all ${count} unikernels serve`,
        value: (servingAt - startedAt) / 1_000,
        unit: 's',
        note: 'from the start of the daemon, which makes the bundles first; each was probed',
      },
      {
        name: `memory of ${count} unikernels`,
        value: total('pss'),
        unit: 'MB',
        peer: { name: POST.name, value: count * POST.memoryMbEach },
        note: `QEMU and all, what they share counted once; ${OTHER_MACHINE}, and counted the machines' memory alone`,
      },
      {
        name: '  resident memory of each',
        value: total('rss') / count,
        unit: 'MB',
        note: 'mean; machines of 16 MiB',
      },
    ];
  } finally {
    await hotzone.stop();
  }
}

/** Resolves to the time at which the last page had a replica that serves. */
async function allServing(hotzone: Hotzone, count: number): Promise<number> {
  const serving = () => hotzone.log().filter(({ msg, to }) => msg === 'a replica moved' && to === 'serving');
  await hotzone.waitFor(() => serving().length >= count, BOOT_TIMEOUT_MS);
  return serving()[count - 1]?.at ?? Number.NaN;
}
