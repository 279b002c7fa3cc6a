import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { act, intend } from '../../src/control/acting.js';
import { Answers } from '../../src/control/answers.js';
import { Decider } from '../../src/control/deciding.js';
import { Observer } from '../../src/control/observer.js';
import { planFor } from '../../src/control/planning.js';
import { Publisher } from '../../src/control/publisher.js';
import { Records } from '../../src/control/records.js';
import { SurgeWatch } from '../../src/control/surge-watch.js';
import { Meter } from '../../src/load/meter.js';
import type { Policy } from '../../src/policy/policy.js';
import { Caches } from '../../src/simulate/caches.js';
import type { Answer } from '../../src/simulate/system.js';
import type { Workload } from '../../src/simulate/workload.js';
import { controlState, servedPage } from '../helpers/control.js';
import { policyOf } from '../helpers/policies.js';
import { crowdOf, hotzoneOf, ORIGIN } from '../helpers/simulation.js';

const STEP_MS = 100;
const SECOND_MS = 1_000;
const BOOT_MS = 400;
const PAGE = servedPage('a');
const POLICY = policyOf(
  'maxReplicas: 8\nmetric: { target: 10 }\nbehavior: { scaleDown: { stabilizationWindow: 60s } }\ncooldown: { toZero: 60s }\n',
);

/** What lives through the visits: it is asked, serves, and is told that time has passed. */
interface Lived {
  ask(source: string, at: number): Answer;
  serve(address: string): void;
  step(now: number): Promise<number>;
}

/** The number of replicas that is wanted at each second. */
async function desiredOver(workload: Workload, lived: Lived): Promise<readonly number[]> {
  const system = {
    ask: (_page: number, source: string, at: number) => lived.ask(source, at),
    serverAt: () => null,
    step: () => undefined,
    standing: () => ({ serving: 0, alive: 0, desired: 0, changes: 0, hourlyCost: 0 }),
  };
  const caches = new Caches(workload.caches, 1);
  const desired: number[] = [];
  let next = STEP_MS;
  let turn = 0;
  const advance = async (until: number): Promise<void> => {
    for (; next <= until; next += STEP_MS) {
      const wanted = await lived.step(next);
      if (next % SECOND_MS === 0) desired.push(wanted);
    }
  };
  for (const { at, cache } of workload.visits()) {
    if (next <= at) await advance(at);
    const { addresses } = caches.lookUp(system, cache, 0, at);
    turn += 1;
    lived.serve(addresses[turn % addresses.length] ?? '');
  }
  await advance(workload.durationMs);
  return desired;
}

function simulated(workload: Workload, policy: Policy): Lived {
  const boot = { ms: BOOT_MS, atOnce: 8 };
  const system = hotzoneOf(workload, policy, { boots: { process: boot, qemu: boot, xl: boot, ec2: boot } });
  return {
    ask: (source, at) => system.ask(0, source, at),
    serve: (address) => void system.serverAt(0, address),
    step: async (now) => {
      system.step(now, true);
      return system.standing(0).desired;
    },
  };
}

/** The daemon's own parts in the order in which its controller calls them, with a driver and probes of the test. */
function controlled(t: TestContext, policy: Policy): Lived {
  const { state, keeper, driver, clock, wakes } = controlState(t, { pages: [PAGE], policies: [policy] });
  t.mock.method(state.prober, 'start', () => undefined);
  clock.at = 0;
  state.startedAt = 0;
  const observer = new Observer(state, keeper, [driver]);
  const [decider, surges, records] = [new Decider(state), new SurgeWatch(state), new Records(state)];
  const answers = new Answers(state, 'example.test', [ORIGIN]);
  const publisher = new Publisher({
    fleet: state.fleet,
    lastSerial: 1,
    commit: () => undefined,
    publish: async () => undefined,
    now: () => clock.now(),
  });
  const meter = new Meter(0);
  const requests = new Map<string, number>();
  let seenWakes = -1;
  let tickAt = 0;

  const publish = async (): Promise<void> => {
    const { wanted, removed } = answers.take();
    surges.published(await publisher.publish(wanted, removed));
  };
  const tick = async (now: number): Promise<void> => {
    const pages = decider.next(now);
    for (const { path, decision } of pages) state.histories.set(path, decision.history);
    const intent = intend(state, planFor(state, pages, now), pages, now);
    records.write(records.draft(pages, intent));
    act(state, intent);
    await publish();
    surges.decided(pages);
    keeper.sweep();
    // What the driver was asked to do comes back in later turns of the event loop.
    for (let turn = 0; turn < 5; turn += 1) await setImmediate();
  };
  const probeAll = (now: number): void => {
    for (const { id, state: is, stateSince } of state.fleet.all())
      if (is === 'booting' && now >= stateSince + STEP_MS + BOOT_MS) keeper.probed(id, { kind: 'ok' });
  };
  const count = async (now: number): Promise<void> => {
    for (const { id, address } of state.fleet.all())
      driver.counts.set(id, {
        requests: requests.get(address) ?? 0,
        bytes: 0,
        openConnections: 0,
        uptime: now,
      });
    await observer.countAll();
  };

  return {
    ask: (source, at) => {
      const answer = publisher.answer(PAGE.host);
      meter.observe(PAGE.host, source, 'A', (answer?.ttl ?? 30) * SECOND_MS, at);
      return {
        ttlMs: (answer?.ttl ?? 30) * SECOND_MS,
        addresses: answer?.addresses.map(({ address }) => address) ?? [ORIGIN],
      };
    },
    serve: (address) => void requests.set(address, (requests.get(address) ?? 0) + 1),
    step: async (now) => {
      clock.at = now;
      const batch = meter.flush(now);
      const [from, atOrigin] = [batch.from, requests.get(ORIGIN) ?? 0];
      requests.set(ORIGIN, 0);
      const counts =
        atOrigin === 0 ? [] : [{ host: PAGE.host, server: 'origin', from, to: now, requests: atOrigin }];
      state.book.addQueries(batch);
      state.book.addRequests(counts);
      state.book.addReport('origin', from, now);
      surges.lookAtQueries(batch);
      surges.lookAtRequests(counts);
      probeAll(now);
      if (now % SECOND_MS === 0) await count(now);
      if (wakes() !== seenWakes || now >= tickAt) {
        seenWakes = wakes();
        await tick(now);
        tickAt = now + SECOND_MS;
      }
      return state.decisions.get(PAGE.path)?.desired ?? 0;
    },
  };
}

test('a simulation wants what the daemon wants, second by second', async (t) => {
  const load = (second: number): number => (second >= 60 && second < 240 ? 45 : second >= 400 ? 18 : 2);
  const workload = crowdOf(600, load);
  const ours = await desiredOver(workload, simulated(workload, POLICY));
  const theirs = await desiredOver(workload, controlled(t, POLICY));
  assert.equal(ours.length, 600);
  assert.ok(Math.max(...theirs) >= 5, `${Math.max(...theirs)} at most`);
  const differing = ours.filter((desired, second) => desired !== theirs[second]).length;
  // The one looks at both signals of a step at once, the other at one after the other.
  assert.ok(differing <= 3, `${differing} seconds differ:\n${ours.join(' ')}\n${theirs.join(' ')}`);
});
