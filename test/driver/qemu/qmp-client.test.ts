import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { QmpClient, QmpError } from '../../../src/driver/qemu/qmp-client.js';

const GREETING = '{"QMP": {"version": {}, "capabilities": ["oob"]}}\r\n';
const TIMEOUT_MS = 5_000;

/** A socket on which `answers` are sent, the first at once and one after each command. */
async function serve(t: TestContext, answers: readonly string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'hotzone-qmp-'));
  const server = createServer((socket) => {
    const rest = [...answers];
    socket.on('error', () => {});
    socket.write(rest.shift() ?? '');
    socket.on('data', () => {
      const next = rest.shift();
      if (next === undefined) socket.destroy();
      else socket.write(next);
    });
  });
  const path = join(folder, 'qmp');
  server.listen(path);
  await once(server, 'listening');
  t.after(async () => {
    server.close();
    await rm(folder, { recursive: true });
  });
  return path;
}

test('a reply is told from the events around it', async (t) => {
  const event = '{"event": "RESUME", "timestamp": {}}\r\n';
  const path = await serve(t, [
    event + GREETING,
    `{"return": {}}\r\n${event}`,
    `${event}{"return": {"status": "running"}}\r\n`,
  ]);
  await assert.rejects(QmpClient.open(path, TIMEOUT_MS), /this is no QEMU/, 'the greeting comes first');
  const polite = await serve(t, [
    GREETING,
    `{"return": {}}\r\n${event}`,
    `${event}{"return": {"status": "running"}}\r\n`,
  ]);
  const client = await QmpClient.open(polite, TIMEOUT_MS);
  assert.deepEqual(await client.execute('query-status'), { status: 'running' });
  client.close();
});

test('an error has the class and the words of QEMU', async (t) => {
  const path = await serve(t, [
    GREETING,
    '{"return": {}}\r\n',
    '{"error": {"class": "CommandNotFound", "desc": "The command x has not been found"}}\r\n',
  ]);
  const client = await QmpClient.open(path, TIMEOUT_MS);
  await assert.rejects(client.execute('x'), (error) => {
    assert.ok(error instanceof QmpError);
    assert.deepEqual([error.class, error.message], ['CommandNotFound', 'The command x has not been found']);
    return true;
  });
  client.close();
});

test('what is no QEMU, hangs up, keeps quiet or never stops is given up', async (t) => {
  const rows = [
    [['SSH-2.0-OpenSSH\r\n'], /this is no QEMU/],
    [['{"return": {}}\r\n'], /this is no QEMU/],
    [[GREETING], /hung up/],
    [['x'.repeat(70_000)], /a line without end/],
  ] as const;
  for (const [answers, message] of rows)
    await assert.rejects(QmpClient.open(await serve(t, answers), TIMEOUT_MS), message);
  await assert.rejects(QmpClient.open(await serve(t, ['']), 50), /no answer in time/);
  await assert.rejects(QmpClient.open('/nonexistent/qmp', TIMEOUT_MS), /ENOENT/);
});
