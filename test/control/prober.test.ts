import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { Catalogue } from '../../src/control/catalogue.js';
import { Fleet } from '../../src/control/fleet.js';
import { Prober } from '../../src/control/prober.js';
import type { ProbeOutcome } from '../../src/scale/probing.js';
import type { Replica } from '../../src/scale/replica.js';
import { added, replicaFor, servedPage } from '../helpers/control.js';
import { freePort } from '../helpers/daemon.js';
import { policyOf } from '../helpers/policies.js';

const PAGE = servedPage('a');
const BODY = PAGE.bundle.representations[0]?.body ?? new Uint8Array();
const ETAG = PAGE.bundle.representations[0]?.etag ?? '';
const POLICY = policyOf('probe: { period: 1s, timeout: 500ms }\n');

const servePage: RequestListener = (_, response) => response.setHeader('etag', ETAG).end(BODY);

interface ProberUnderTest {
  readonly prober: Prober;
  readonly fleet: Fleet;
  readonly replica: Replica;
  /** The next outcome that is reported. */
  readonly outcome: () => Promise<ProbeOutcome>;
  readonly outcomes: ProbeOutcome[];
}

function proberOf(
  t: TestContext,
  port: number,
  options: { readonly state?: Replica['state']; readonly policies?: readonly (typeof POLICY)[] } = {},
): ProberUnderTest {
  const replica = replicaFor(PAGE, { address: '127.0.0.1', state: options.state ?? 'booting' });
  const [fleet, catalogue] = [new Fleet([replica]), new Catalogue()];
  catalogue.replacePages(added(PAGE));
  catalogue.replacePolicies(options.policies ?? [POLICY]);
  const outcomes: ProbeOutcome[] = [];
  let reported: (outcome: ProbeOutcome) => void = () => {};
  const prober = new Prober({
    catalogue,
    fleet,
    port,
    onOutcome: (id, outcome) => {
      assert.equal(id, replica.id);
      outcomes.push(outcome);
      reported(outcome);
    },
  });
  t.after(() => prober.stopAll());
  const outcome = (): Promise<ProbeOutcome> =>
    new Promise((resolve) => {
      reported = resolve;
    });
  return { prober, fleet, replica, outcome, outcomes };
}

async function serve(t: TestContext, handle: RequestListener, port = 0): Promise<Server> {
  const server = createServer(handle).listen(port, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => void server.close().closeAllConnections());
  return server;
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

test('a booting replica is asked again and again until it answers', async (t) => {
  const port = await freePort();
  const { prober, replica, outcome } = proberOf(t, port);
  prober.start(replica.id);
  assert.equal((await outcome()).kind, 'unreachable');
  assert.equal((await outcome()).kind, 'unreachable');
  assert.equal(prober.sent(replica.id), 0, 'what did not arrive is not counted');
  await serve(t, servePage, port);
  let kind = (await outcome()).kind;
  while (kind === 'unreachable') kind = (await outcome()).kind;
  assert.equal(kind, 'ok');
  assert.ok(prober.sent(replica.id) > 0);
});

test('until it serves, the whole page is fetched; from then on its head', async (t) => {
  const methods: unknown[] = [];
  const server = await serve(t, (request, response) => {
    methods.push(request.method);
    servePage(request, response);
  });
  const { prober, replica, outcome, fleet } = proberOf(t, portOf(server), { state: 'probing' });
  prober.start(replica.id);
  assert.equal((await outcome()).kind, 'ok');
  fleet.move(replica.id, 'serving', '', 1);
  assert.equal((await outcome()).kind, 'ok');
  while (methods.at(-1) !== 'HEAD') await outcome();
  assert.equal(methods[0], 'GET');
});

test('a replica that is stopped is asked no more, and an answer on its way is not reported', async (t) => {
  let release: () => void = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const server = await serve(t, async (request, response) => {
    await held;
    servePage(request, response);
  });
  const asked = once(server, 'request');
  const { prober, replica, outcomes } = proberOf(t, portOf(server));
  prober.start(replica.id);
  const [, response] = await asked;
  prober.stop(replica.id);
  const answered = once(response, 'close');
  release();
  await answered;
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.deepEqual(outcomes, []);
});

test('starting twice asks once', async (t) => {
  let requests = 0;
  const server = await serve(t, (request, response) => {
    requests += 1;
    servePage(request, response);
  });
  const { prober, replica, outcome, fleet } = proberOf(t, portOf(server));
  prober.start(replica.id);
  prober.start(replica.id);
  fleet.patch(replica.id, {});
  await outcome();
  assert.equal(requests, 1);
  prober.forget(replica.id);
  assert.equal(prober.sent(replica.id), 0);
});

test('a page that no policy matches any more is not asked for', async (t) => {
  let requests = 0;
  const server = await serve(t, (request, response) => {
    requests += 1;
    servePage(request, response);
  });
  const { prober, replica, outcomes } = proberOf(t, portOf(server), { policies: [] });
  prober.start(replica.id);
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(requests, 0);
  assert.deepEqual(outcomes, []);
});
