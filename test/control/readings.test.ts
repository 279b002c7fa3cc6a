import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { Observer } from '../../src/control/observer.js';
import type { RequestCount } from '../../src/load/batch.js';
import { controlState, replicaFor, servedPage } from '../helpers/control.js';
import { ask } from '../helpers/http.js';
import { policyOf } from '../helpers/policies.js';

const PAGE = servedPage('a');
const POLICY = policyOf('probe: { period: 50ms, timeout: 2s }\n');
const IDENTITY = PAGE.bundle.representations[0];

/** A replica that counts all that it is asked, as the real one does, and a control plane that probes it and reads its counter. */
async function counted(t: TestContext) {
  let requests = 0;
  let holds = false;
  const held: ServerResponse[] = [];
  const answer = (response: ServerResponse): void => {
    response.setHeader('etag', IDENTITY?.etag ?? '').end(IDENTITY?.body);
  };
  const server = createServer((_, response) => {
    requests += 1;
    if (holds) held.push(response);
    else answer(response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => void server.close().closeAllConnections());
  const { port } = server.address() as AddressInfo;

  const replica = replicaFor(PAGE, { address: '127.0.0.1' });
  const control = controlState(t, { pages: [PAGE], policies: [POLICY], replicas: [replica], port });
  const { state, keeper, driver, clock } = control;
  const observer = new Observer(state, keeper, [driver]);
  const counts: RequestCount[] = [];
  const { book } = state;
  t.mock.method(book, 'addRequests', (list: readonly RequestCount[]) => void counts.push(...list));
  return {
    state,
    replica,
    visit: () => ask({ port, host: PAGE.host }),
    requests: () => requests,
    /** Probes that were answered. */
    probes: () => state.prober.sent(replica.id),
    hold: () => {
      holds = true;
    },
    held: () => held.length,
    release: () => {
      holds = false;
      for (const response of held.splice(0)) answer(response);
    },
    read: async (uptime = 1_000_000 + clock.at) => {
      clock.at += 1_000;
      driver.counts.set(replica.id, { requests, bytes: 0, openConnections: 0, uptime });
      await observer.countAll();
      return counts.reduce((sum, count) => sum + count.requests, 0);
    },
  };
}

async function until(look: () => boolean): Promise<void> {
  while (!look()) await setTimeout(5);
}

test('what visitors ask is counted, and what probes ask is not', async (t) => {
  const { state, replica, requests, visit, probes, read } = await counted(t);
  await visit();
  assert.equal(await read(), 0, 'the first reading is where counting begins');
  state.prober.start(replica.id);
  await until(() => probes() >= 4);
  state.prober.stop(replica.id);
  await until(() => probes() === requests() - 1);
  assert.equal(await read(), 0);
  for (let n = 0; n < 5; n += 1) await visit();
  assert.equal(await read(), 5);
});

test('a probe under way during a reading is made up for by the next one', async (t) => {
  const { state, replica, visit, probes, hold, held, release, read } = await counted(t);
  await visit();
  await read();
  hold();
  state.prober.start(replica.id);
  await until(() => held() === 1);
  assert.equal(await read(), 1, 'it is in the counter of the replica, and not yet in ours');
  release();
  await until(() => probes() === 1);
  state.prober.stop(replica.id);
  assert.equal(await read(), 1);
  await visit();
  await visit();
  assert.equal(await read(), 2, 'visits are not counted twice, and none is lost');
});

test('a replica that has started anew counts from there', async (t) => {
  const { visit, read } = await counted(t);
  for (let n = 0; n < 3; n += 1) await visit();
  await read(50_000);
  await visit();
  assert.equal(await read(51_000), 1);
  assert.equal(await read(10), 1, 'nothing is known of the time before');
  await visit();
  assert.equal(await read(1_000), 2);
});
