import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Driver, ReplicaSpec } from '../../src/driver/driver.js';
import { type Answer, ask, RawClient } from '../helpers/http.js';

/** What the suite needs to know about a driver and the host that it runs on. */
export interface DriverUnderTest {
  /** A driver as a daemon that has just started makes it: over the same host and the same state as the ones before. */
  open(): Driver;
  /** A page with the body `body`, as every driver is handed it. */
  readonly page: string;
  readonly host: string;
  readonly bundleFile: string;
  readonly body: string;
  /** At least three addresses that replicas can have, and the port that is free at all of them. */
  readonly addresses: readonly string[];
  readonly port: number;
  /** Removes what `set up` made. */
  close(): Promise<void>;
}

export const newId = (): string => randomUUID();

/** Asks for the page until it is there. */
export async function untilServing(spec: ReplicaSpec): Promise<Answer> {
  for (;;) {
    try {
      return await ask({ address: spec.address, port: spec.port, host: spec.host });
    } catch {
      await sleep(10);
    }
  }
}

/** What every driver has to do, whatever its replicas are (src/driver/driver.ts). */
export function testDriverConformance(name: string, setUp: () => Promise<DriverUnderTest>): void {
  describe(`driver ${name}`, () => {
    const owner = newId();
    const created: ReplicaSpec[] = [];
    let given: DriverUnderTest;
    let driver: Driver;
    before(async () => {
      given = await setUp();
      driver = given.open();
    });
    after(async () => {
      await Promise.all(created.map((spec) => driver.destroy({ id: spec.id, ref: '' })));
      await given.close();
    });

    const specAt = (index: number, part: Partial<ReplicaSpec> = {}): ReplicaSpec => {
      const { page, host, bundleFile, addresses, port } = given;
      const address = addresses[index] ?? assert.fail('too few addresses');
      const spec = { id: newId(), owner, page, host, bundleFile, address, port, ...part };
      created.push(spec);
      return spec;
    };
    const create = async (spec: ReplicaSpec, by = driver): Promise<{ id: string; ref: string }> => {
      const outcome = await by.create(spec);
      assert.ok(outcome.ok, JSON.stringify(outcome));
      assert.notEqual(outcome.ref, '');
      return { id: spec.id, ref: outcome.ref };
    };
    const listed = async (by = driver, of = owner) =>
      (await by.list(of)).map(({ id, ref, address, running }) => ({ id, ref, address, running }));

    test('the host can run replicas, and there are none yet', async () => {
      assert.equal(driver.name, name);
      assert.equal(await driver.check(), null);
      assert.deepEqual(await listed(), []);
    });

    test('a replica is listed, serves its page, counts, and is gone after it was destroyed', async () => {
      const spec = specAt(0);
      const replica = await create(spec);
      assert.deepEqual(await listed(), [{ ...replica, address: spec.address, running: true }]);

      const answer = await untilServing(spec);
      assert.deepEqual([answer.status, answer.body.toString()], [200, given.body]);
      const wrong = await ask({ address: spec.address, port: spec.port, host: `other.${spec.host}` });
      assert.equal(wrong.status, 421);

      const counters = await driver.counters(replica);
      assert.ok(counters !== null);
      assert.equal(counters.requests, 1);
      assert.ok(counters.bytes >= given.body.length);
      assert.ok(counters.uptime >= 0);
      assert.match(await driver.lastWords(replica), /\S/);

      await driver.destroy(replica);
      assert.deepEqual(await listed(), []);
      assert.equal(await driver.counters(replica), null);
      await assert.rejects(ask({ address: spec.address, port: spec.port, host: spec.host }));
      await driver.destroy(replica);
    });

    test('creating the same replica again gives the same one', async () => {
      const spec = specAt(0);
      const [first, second] = await Promise.all([create(spec), create(spec)]);
      assert.deepEqual(second, first);
      assert.deepEqual(await create(spec, given.open()), first);
      assert.equal((await listed()).length, 1);
      await driver.destroy(first);
    });

    test('several replicas of one page live side by side, and one goes alone', async () => {
      const specs = [specAt(0), specAt(1), specAt(2)];
      const replicas = await Promise.all(specs.map((spec) => create(spec)));
      await Promise.all(specs.map(untilServing));
      const [first, ...others] = replicas;
      await driver.destroy(first ?? assert.fail());
      const remaining = await listed();
      assert.deepEqual(remaining.map(({ id }) => id).sort(), others.map(({ id }) => id).sort());
      await Promise.all(others.map((replica) => driver.destroy(replica)));
    });

    test('a draining replica answers, and ends each connection', async () => {
      const spec = specAt(0);
      const replica = await create(spec);
      await untilServing(spec);
      const client = new RawClient(spec.port, spec.address);
      const get = `HEAD / HTTP/1.1\r\nHost: ${spec.host}\r\n\r\n`;
      client.send(get);
      await client.until(/\r\n\r\n$/);
      assert.equal((await driver.counters(replica))?.openConnections, 1);
      await driver.drain(replica);
      client.send(get);
      await client.closed;
      assert.equal(client.count('HTTP/1.1 200'), 2);
      assert.match(client.received, /Connection: close/i);
      const late = await ask({ address: spec.address, port: spec.port, host: spec.host });
      assert.deepEqual([late.status, late.headers.connection], [200, 'close']);
      while ((await driver.counters(replica))?.openConnections !== 0) await sleep(10);
      await driver.drain(replica);
      await driver.destroy(replica);
    });

    test('a driver that comes later adopts what is there', async () => {
      const spec = specAt(0);
      const replica = await create(spec);
      await untilServing(spec);
      const later = given.open();
      assert.deepEqual(await listed(later), [{ ...replica, address: spec.address, running: true }]);
      assert.equal((await later.counters(replica))?.requests, 1);
      assert.match(await later.lastWords(replica), /\S/);
      await later.drain(replica);
      // Nothing was recorded about it: the id alone is enough.
      await later.destroy({ id: replica.id, ref: '' });
      assert.deepEqual(await listed(later), []);
      assert.deepEqual(await listed(), []);
    });

    test("another owner's replicas are neither listed nor touched", async () => {
      const stranger = newId();
      const [ours, theirs] = [specAt(0), specAt(1, { owner: stranger })];
      const [ourReplica, theirReplica] = [await create(ours), await create(theirs)];
      await untilServing(theirs);
      assert.deepEqual(
        (await listed()).map(({ id }) => id),
        [ours.id],
      );
      await driver.destroy(ourReplica);
      assert.deepEqual(
        (await listed(driver, stranger)).map(({ id }) => id),
        [theirs.id],
      );
      assert.equal((await untilServing(theirs)).status, 200);
      await driver.destroy(theirReplica);
    });

    test('what never was can be asked, drained and destroyed', async () => {
      const spec = specAt(0);
      const bystander = await create(spec);
      for (const ref of ['', bystander.ref]) {
        const never = { id: newId(), ref };
        assert.equal(await driver.counters(never), null);
        await driver.drain(never);
        assert.equal(await driver.lastWords(never), '');
        await driver.destroy(never);
      }
      assert.equal((await untilServing(spec)).status, 200);
      await driver.destroy(bystander);
    });

    test('a replica that cannot serve its bundle says why and does not stay', async () => {
      const spec = specAt(0, { bundleFile: `${given.bundleFile}.missing` });
      const outcome = await driver.create(spec);
      if (outcome.ok) {
        while ((await listed()).some(({ id, running }) => id === spec.id && running)) await sleep(10);
        assert.match(await driver.lastWords(spec), /bundle/);
      } else {
        assert.match(outcome.failure.message, /bundle/);
      }
      await driver.destroy({ id: spec.id, ref: '' });
    });
  });
}
