import { setTimeout as sleep } from 'node:timers/promises';
import { Exchange } from '../../../src/cli/demo/exchange.js';
import { startLoad } from '../../../src/cli/demo/load.js';
import { systemClock } from '../../../src/clock.js';
import { DOM0, type XlDriverUnderTest } from '../../helpers/xl-driver.js';
import { type Figure, median } from '../figure.js';
import { LOOPBACK, startHotzone } from '../hotzone.js';
import { firstNewAnswer } from '../surge.js';

const SURGES = 3;
const VISITS_PER_SECOND = 200;
const RESOLVERS = 200;
const OBSERVER = '127.0.0.9';
const TIMEOUT_MS = 60_000;
const WARM_UP_MS = 3_000;
const REST_MS = 2_000;
const POOL = '10.77.0.32/27';
const POLICY = `version: 1
name: bench
match: { pages: ["/**"] }
maxReplicas: 1
metric: { target: 20, ignoreClients: ["${OBSERVER}/32"] }
placement: [{ driver: xl, memory: 16MiB }]
instance: { bootTimeout: 60s }
`;

/** From the first visit of a surge to the first answer with a domain's address, with the real daemon. */
export async function surgeFigures(given: XlDriverUnderTest, aloneMs: number): Promise<readonly Figure[]> {
  const { key, knownHosts } = given.options.ssh;
  const options = [
    ...['--xen-host', DOM0, '--xen-ssh-key', key ?? '', '--xen-known-hosts', knownHosts ?? ''],
    '--xen-plain-vif',
  ];
  const hotzone = await startHotzone(POLICY, options, POOL);
  const { httpPort } = hotzone;
  const server = { address: LOOPBACK, port: hotzone.dnsPort };
  const pages = hotzone.pages.filter(({ urlPath }) => urlPath.endsWith('.html')).slice(0, SURGES);
  const clients = { clock: systemClock, random: Math.random, httpPort, timeoutMs: TIMEOUT_MS };
  const load = await startLoad({ ...clients, server, resolvers: RESOLVERS, pages });
  const observer = await Exchange.open(OBSERVER, server, TIMEOUT_MS, Math.random);
  try {
    await sleep(WARM_UP_MS);
    const totals: number[] = [];
    for (const { host } of pages) {
      const startedAt = Date.now();
      load.setRate(host, VISITS_PER_SECOND);
      totals.push((await firstNewAnswer(observer, host, TIMEOUT_MS)) - startedAt);
      load.setRate(host, 0);
      await sleep(REST_MS);
    }
    return [
      {
        name: "surge to the first answer with a domain's address",
        value: median(totals),
        unit: 'ms',
        peer: { name: 'xl create to the first 200 by hand', value: aloneMs },
        note: `median of ${SURGES} from 0 to ${VISITS_PER_SECOND} visits/s behind ${RESOLVERS} caches, plain script`,
      },
    ];
  } finally {
    await load.stop();
    observer.close();
    await hotzone.stop();
  }
}
