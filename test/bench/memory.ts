import { setTimeout as sleep } from 'node:timers/promises';
import { fetchPage } from '../../src/cli/demo/client.js';
import { Exchange } from '../../src/cli/demo/exchange.js';
import type { Bench, Figure } from './figure.js';
import { type Hotzone, LOOPBACK, startHotzone } from './hotzone.js';
import { childrenOf, memoryMb, type ProcessMemory } from './process-memory.js';

const REPLICAS = 10;
/** Every page is asked for so many times, and fetched once. */
const QUERIES_PER_PAGE = 100;
const SETTLE_MS = 5_000;
const TIMEOUT_MS = 60_000;
const POLICY = `version: 1
name: bench
match: { pages: ["/**"] }
minReplicas: 1
maxReplicas: 1
metric: { target: 1000 }
budget: { maxInstances: ${REPLICAS} }
`;

export const figures: readonly Bench[] = [{ name: 'memory', run: measureMemory }];

async function measureMemory(): Promise<readonly Figure[]> {
  const hotzone = await startHotzone(POLICY);
  try {
    await boot(hotzone);
    await warmUp(hotzone);
    await sleep(SETTLE_MS);
    const daemon = memoryMb(hotzone.daemon.pid);
    const nameServers = childrenOf(hotzone.daemon.pid, 'dns-process.js').map(memoryMb);
    const replicas = childrenOf(hotzone.daemon.pid, 'page-server.js').map(memoryMb);
    const mean = (of: keyof ProcessMemory): number =>
      replicas.reduce((sum, replica) => sum + replica[of], 0) / replicas.length;
    const note = `${hotzone.pages.length} pages, ${QUERIES_PER_PAGE} queries for each, ${replicas.length} replicas`;
    const shared = 'what processes share is divided among them (proc_pid_smaps(5), Pss)';
    return [
      { name: 'resident memory of the daemon', value: daemon.rss, unit: 'MB', note },
      { name: 'resident memory of its name server', value: nameServers[0]?.rss ?? Number.NaN, unit: 'MB' },
      { name: 'resident memory of a replica', value: mean('rss'), unit: 'MB', note: 'process driver, mean' },
      { name: '  its share of what it has in common', value: mean('pss'), unit: 'MB', note: shared },
    ];
  } finally {
    await hotzone.stop();
  }
}

async function boot(hotzone: Hotzone): Promise<void> {
  const serving = (): number => hotzone.daemon.output.split('"to":"serving"').length - 1;
  await hotzone.waitFor(() => serving() >= REPLICAS, TIMEOUT_MS);
}

async function warmUp(hotzone: Hotzone): Promise<void> {
  const server = { address: LOOPBACK, port: hotzone.dnsPort };
  const client = await Exchange.open(LOOPBACK, server, TIMEOUT_MS, Math.random);
  for (const page of hotzone.pages) {
    for (let query = 0; query < QUERIES_PER_PAGE; query += 1) await client.askOverUdp(page.host);
    const fetched = await fetchPage(LOOPBACK, hotzone.httpPort, page, TIMEOUT_MS);
    if (!fetched.ok) throw new Error(fetched.reason);
  }
  client.close();
}
