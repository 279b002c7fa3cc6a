import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { askJson } from '../../src/driver/process/json-socket.js';
import { CountsReader } from '../../src/server/counts-reader.js';
import { askCounts, openCountsSocket } from '../../src/server/counts-socket.js';
import { RequestCounts } from '../../src/server/request-counts.js';

const folder = mkdtempSync(join(tmpdir(), 'hotzone-counts-'));
after(() => rmSync(folder, { recursive: true, force: true }));

test('the first report is where counting begins, and each later one brings what came since', () => {
  const counts = new RequestCounts();
  const reader = new CountsReader();
  counts.count('a');
  assert.deepEqual(reader.read(counts.report(reader.mark), 1_000), { from: 1_000, to: 1_000, counts: [] });
  counts.count('a');
  counts.count('b');
  counts.count('b');
  assert.deepEqual(reader.read(counts.report(reader.mark), 2_000), {
    from: 1_000,
    to: 2_000,
    counts: [
      { host: 'a', server: 'origin', from: 1_000, to: 2_000, requests: 1 },
      { host: 'b', server: 'origin', from: 1_000, to: 2_000, requests: 2 },
    ],
  });
  assert.deepEqual(reader.read(counts.report(reader.mark), 3_000), { from: 2_000, to: 3_000, counts: [] });
});

test('after a restart of the origin everything that it has counted is new', () => {
  const reader = new CountsReader();
  const before = new RequestCounts();
  for (let n = 0; n < 5; n += 1) before.count('a');
  reader.read(before.report(reader.mark), 1_000);
  const restarted = new RequestCounts();
  restarted.count('a');
  restarted.count('c');
  const report = reader.read(restarted.report(reader.mark), 2_000);
  assert.deepEqual(
    report.counts.map(({ host, requests }) => [host, requests]),
    [
      ['a', 1],
      ['c', 1],
    ],
  );
});

test('any number of readers lose nothing to each other, whenever they look and whatever gets lost on the way', () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('count' as const), host: fc.constantFrom('a', 'b', 'c') }),
    fc.record({ kind: fc.constantFrom('read' as const, 'lost' as const), reader: fc.nat(2) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const counts = new RequestCounts();
      const readers = Array.from({ length: 3 }, () => new CountsReader());
      for (const reader of readers) reader.read(counts.report(null), 0);
      const seen = readers.map(() => new Map<string, number>());
      const truth = new Map<string, number>();
      const look = (index: number): void => {
        const reader = readers[index];
        for (const { host, requests } of reader?.read(counts.report(reader.mark), 1).counts ?? [])
          seen[index]?.set(host, (seen[index].get(host) ?? 0) + requests);
      };
      for (const now of steps) {
        if (now.kind === 'count') {
          counts.count(now.host);
          truth.set(now.host, (truth.get(now.host) ?? 0) + 1);
        } else if (now.kind === 'read') look(now.reader);
        else counts.report(readers[now.reader]?.mark ?? null);
      }
      for (let index = 0; index < readers.length; index += 1) {
        look(index);
        assert.deepEqual(new Map([...(seen[index] ?? [])].sort()), new Map([...truth].sort()));
      }
    }),
  );
});

test('the socket is for its owner alone, tells totals after a mark, and replaces what a dead origin left', async () => {
  const path = join(folder, 'counts.sock');
  writeFileSync(path, 'left behind');
  const counts = new RequestCounts();
  counts.count('a');
  const umask = process.umask();
  const server = await openCountsSocket(path, (mark) => counts.report(mark));
  assert.equal(process.umask(), umask);
  assert.equal(statSync(path).mode & 0o777, 0o600);
  const first = await askCounts(path, null);
  assert.deepEqual(first?.totals, { a: 1 });
  counts.count('b');
  const mark = first === null ? null : { instance: first.instance, revision: first.revision };
  assert.deepEqual((await askCounts(path, mark))?.totals, { b: 1 });
  for (const nonsense of [null, 1, { do: 'drain' }, { do: 'counts', after: 7 }]) {
    const reply = await askJson(path, nonsense, { timeoutMs: 1_000, maxReplyBytes: 1_000 });
    assert.deepEqual(Object.keys(reply as object), ['error']);
  }
  server.close();
});

test('no origin, one that is gone, and one that talks nonsense are no answer', async () => {
  assert.equal(await askCounts(join(folder, 'nothing.sock'), null), null);
  const path = join(folder, 'nonsense.sock');
  const stranger = createServer((socket) => socket.end('{"totals":{"a":-1}}\n')).listen(path);
  assert.equal(await askCounts(path, null), null);
  stranger.close();
});
