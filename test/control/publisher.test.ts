import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fleet } from '../../src/control/fleet.js';
import { Publisher } from '../../src/control/publisher.js';
import type { PageAnswer, Publication } from '../../src/dns/publication.js';
import type { Replica } from '../../src/scale/replica.js';
import { replicaOf } from '../helpers/replicas.js';

const HOST = 'a.example.test';
const ORIGIN = '127.0.0.1';

function answer(addresses: readonly string[], ttl = 30, host = HOST): PageAnswer {
  return { host, ttl, maxAddresses: 8, addresses: addresses.map((address) => ({ address, weight: 1 })) };
}

interface PublisherUnderTest {
  readonly publisher: Publisher;
  readonly fleet: Fleet;
  readonly published: Publication[];
  /** What happened, in order: what was committed of the replica, and what was published. */
  readonly log: string[];
  failure: Error | null;
  now: number;
}

function publisherOf(replicas: readonly Replica[] = [], lastSerial = 41): PublisherUnderTest {
  const fleet = new Fleet(replicas);
  const published: Publication[] = [];
  const log: string[] = [];
  const publisher = new Publisher({
    fleet,
    lastSerial,
    commit: (serial) => {
      const noted = fleet.all().map(({ answerTtl, withdrawnAt }) => `${answerTtl}/${withdrawnAt}`);
      log.push(`commit ${serial} ${noted.join()}`);
    },
    publish: async (publication) => {
      log.push(`publish ${publication.serial}`);
      if (test.failure !== null) throw test.failure;
      published.push(publication);
    },
    now: () => test.now,
  });
  const test: PublisherUnderTest = { publisher, fleet, published, log, failure: null, now: 1_000 };
  return test;
}

test('the serial rises with every publication, and skips 0', async () => {
  const { publisher, published } = publisherOf();
  assert.equal(publisher.serial, 41);
  await publisher.publish([answer([ORIGIN])], []);
  await publisher.publish([answer([ORIGIN], 60)], []);
  assert.deepEqual(
    published.map(({ serial }) => serial),
    [42, 43],
  );
});

test('only what differs from what is answered is published, and nothing when nothing does', async () => {
  const { publisher, published, log } = publisherOf();
  const [a, b] = [answer([ORIGIN, '127.77.0.1']), answer([ORIGIN], 30, 'b.example.test')];
  assert.deepEqual(await publisher.publish([a, b], []), [a, b]);
  const shuffled = answer(['127.77.0.1', ORIGIN]);
  assert.deepEqual(await publisher.publish([shuffled, b], []), []);
  assert.equal(log.length, 2);
  const longer = answer([ORIGIN], 60, 'b.example.test');
  assert.deepEqual(await publisher.publish([a, longer], []), [longer]);
  assert.deepEqual(published[1]?.pages, [longer]);
  assert.deepEqual(publisher.answer('b.example.test'), longer);
});

test('a name is taken away once, and only if it was there', async () => {
  const { publisher, published } = publisherOf();
  await publisher.publish([answer([ORIGIN])], []);
  assert.deepEqual(await publisher.publish([], ['never.example.test']), []);
  assert.equal(published.length, 1);
  await publisher.publish([], [HOST, 'never.example.test']);
  assert.deepEqual(published[1], { serial: 43, pages: [], removed: [HOST] });
  assert.equal(publisher.answer(HOST), undefined);
  await publisher.publish([], [HOST]);
  assert.equal(published.length, 2);
});

test('the TTL of an address is on disk before it is handed out, and its end only after it left', async () => {
  const replica = replicaOf({ host: HOST, address: '127.77.0.1' });
  const { publisher, fleet, log, ...rest } = publisherOf([replica]);
  await publisher.publish([answer([ORIGIN, '127.77.0.1'])], []);
  assert.deepEqual(log, ['commit 42 30000/null', 'publish 42']);
  assert.equal(fleet.get(replica.id)?.withdrawnAt, null);
  log.length = 0;
  await publisher.publish([answer([ORIGIN])], []);
  assert.deepEqual(log, ['commit 43 30000/null', 'publish 43']);
  assert.equal(fleet.get(replica.id)?.withdrawnAt, rest.now);
  assert.equal(fleet.get(replica.id)?.answerTtl, 30_000);
});

test('the largest TTL that was handed out counts, and a return to the answers forgets the withdrawal', async () => {
  const replica = replicaOf({ host: HOST, address: '127.77.0.1' });
  const { publisher, fleet } = publisherOf([replica]);
  const ttl = (): number | undefined => fleet.get(replica.id)?.answerTtl;
  await publisher.publish([answer(['127.77.0.1'], 60)], []);
  await publisher.publish([answer(['127.77.0.1'], 5)], []);
  assert.equal(ttl(), 60_000);
  await publisher.publish([answer([ORIGIN])], []);
  await publisher.publish([answer(['127.77.0.1'], 300)], []);
  assert.equal(ttl(), 300_000);
  assert.equal(fleet.get(replica.id)?.withdrawnAt, null);
});

test('a name that goes takes its addresses out of the answers', async () => {
  const replica = replicaOf({ host: HOST, address: '127.77.0.1' });
  const { publisher, fleet, now } = publisherOf([replica]);
  await publisher.publish([answer(['127.77.0.1'])], []);
  await publisher.publish([], [HOST]);
  assert.equal(fleet.get(replica.id)?.withdrawnAt, now);
});

test('the same address in another page’s answer is not this replica’s', async () => {
  const replica = replicaOf({ host: HOST, address: '127.77.0.1' });
  const { publisher, fleet } = publisherOf([replica]);
  await publisher.publish([answer(['127.77.0.1'], 30, 'b.example.test')], []);
  assert.equal(fleet.get(replica.id)?.answerTtl, 0);
});

test('a publication that fails changes no answer, withdraws nothing and is made anew with a higher serial', async () => {
  const replica = replicaOf({ host: HOST, address: '127.77.0.1' });
  const harness = publisherOf([replica]);
  const { publisher, fleet, published } = harness;
  const before = answer([ORIGIN, '127.77.0.1']);
  await publisher.publish([before], []);
  harness.failure = new Error('the name server refused');
  await assert.rejects(publisher.publish([answer([ORIGIN])], []), /the name server refused/);
  assert.deepEqual(publisher.answer(HOST), before);
  assert.equal(fleet.get(replica.id)?.withdrawnAt, null);
  harness.failure = null;
  await publisher.publish([answer([ORIGIN])], []);
  assert.deepEqual(
    published.map(({ serial }) => serial),
    [42, 44],
  );
  assert.equal(fleet.get(replica.id)?.withdrawnAt, harness.now);
});

test('an address whose first publication failed is in no answer, so its replica may go', async () => {
  const replica = replicaOf({ host: HOST, address: '127.77.0.1' });
  const harness = publisherOf([replica]);
  const { publisher, fleet } = harness;
  await publisher.publish([answer([ORIGIN])], []);
  harness.failure = new Error('the name server refused');
  await assert.rejects(publisher.publish([answer([ORIGIN, '127.77.0.1'])], []));
  assert.equal(fleet.get(replica.id)?.withdrawnAt, harness.now);
  harness.failure = null;
  await publisher.publish([answer([ORIGIN, '127.77.0.1'])], []);
  assert.equal(fleet.get(replica.id)?.withdrawnAt, null);
});
