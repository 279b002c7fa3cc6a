import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { formatArguments, parseArguments } from '../../../src/driver/process/page-server-arguments.js';
import { ask } from '../../helpers/http.js';
import { setUpProcessDriver } from '../../helpers/process-driver.js';

const PAGE_SERVER = fileURLToPath(new URL('../../../src/driver/process/page-server.js', import.meta.url));

async function setUp(t: TestContext) {
  const given = await setUpProcessDriver();
  t.after(() => given.close());
  const values = {
    owner: 'O',
    id: 'I',
    bundle: given.bundleFile,
    host: given.host,
    address: given.addresses[0] ?? '',
    port: String(given.port),
    control: join(given.folder, 'control.sock'),
  };
  const start = (part: Partial<typeof values> = {}, stdout: 'pipe' | number = 'pipe'): ChildProcess => {
    const child = spawn(process.execPath, [PAGE_SERVER, ...formatArguments({ ...values, ...part })], {
      stdio: ['ignore', stdout, 'inherit'],
    });
    t.after(() => {
      child.kill('SIGKILL');
    });
    return child;
  };
  return { ...given, values, start };
}

/** All that it prints, and its exit code. */
async function ending(child: ChildProcess): Promise<{ readonly code: number; readonly said: string }> {
  let said = '';
  child.stdout?.on('data', (chunk) => {
    said += chunk;
  });
  const [code] = await once(child, 'close');
  return { code, said };
}

async function untilSaid(child: ChildProcess, pattern: RegExp): Promise<void> {
  let said = '';
  for await (const chunk of child.stdout?.iterator({ destroyOnReturn: false }) ?? []) {
    said += chunk;
    if (pattern.test(said)) return;
  }
  assert.fail(`it ended after ${said}`);
}

test('it says why it cannot serve, and exits with a code that tells the kinds apart', async (t) => {
  const { folder, bundleFile, start } = await setUp(t);
  const corrupt = join(folder, 'corrupt.bundle');
  const bytes = readFileSync(bundleFile);
  bytes[200] = (bytes[200] ?? 0) ^ 1;
  writeFileSync(corrupt, bytes);
  const cut = join(folder, 'cut.bundle');
  writeFileSync(cut, readFileSync(bundleFile).subarray(0, 500));
  const rows = [
    [{ bundle: join(folder, 'none') }, 66, /cannot read the bundle: ENOENT/],
    [{ bundle: corrupt }, 65, /corrupt\.bundle: the bundle is corrupt/],
    [{ bundle: cut }, 65, /cut\.bundle: the bundle is truncated/],
    [{ host: 'other.example.org' }, 65, /is of index\.html\.example\.org; expected other\.example\.org/],
    [{ address: '192.0.2.1' }, 69, /this host does not have the address/],
    [{ port: '99999' }, 69, /99999/],
    [{ control: join(folder, 'none', 'control.sock') }, 73, /cannot open the control socket/],
    [{ owner: '' }, 64, /usage: --owner/],
  ] as const;
  for (const [part, code, message] of rows) {
    const end = await ending(start(part));
    assert.equal(end.code, code, end.said);
    assert.match(end.said, message);
    assert.equal(end.said.trimEnd().split('\n').length, 1, 'one line');
  }
});

test('an address in use is said', async (t) => {
  const { start } = await setUp(t);
  const first = start();
  await untilSaid(first, /serving/);
  const second = await ending(start());
  assert.equal(second.code, 69);
  assert.match(second.said, /in use by another program/);
});

test('it ends on SIGTERM, but not when its terminal hangs up', async (t) => {
  const { start, values, host, port } = await setUp(t);
  const child = start();
  await untilSaid(child, /serving \/index\.html as index\.html\.example\.org at 127\.61\.0\.1/);
  child.kill('SIGHUP');
  assert.equal((await ask({ address: values.address, port, host })).status, 200);
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  assert.deepEqual(await exit, [0, null]);
});

test('its controller speaks to it in lines of JSON', async (t) => {
  const { start, values } = await setUp(t);
  const child = start();
  await untilSaid(child, /serving/);
  const socket = connect(values.control);
  socket.setEncoding('utf8');
  const lines: string[] = [];
  let pending = '';
  const reply = async (): Promise<unknown> => {
    while (lines.length === 0) {
      const [chunk] = await once(socket, 'data');
      const parts = (pending + chunk).split('\n');
      pending = parts.pop() ?? '';
      lines.push(...parts);
    }
    return JSON.parse(lines.shift() ?? '');
  };
  const complaint = { error: 'expected {"do":"counters"}, "drain" or "stop"' };
  socket.write('{"do":"counters"}\nnonsense\n{"do":"dance"}\nnull\n{"do":"dr');
  const { uptime, ...counters } = (await reply()) as { uptime: number };
  assert.deepEqual(counters, { requests: 0, bytes: 0, openConnections: 0 });
  assert.ok(uptime > 0);
  for (let bad = 0; bad < 3; bad += 1) assert.deepEqual(await reply(), complaint);
  socket.write('ain"}\n');
  assert.deepEqual(await reply(), {});
  const exit = once(child, 'exit');
  socket.write('{"do":"stop"}\n');
  assert.deepEqual(await exit, [0, null]);
});

test('a controller that never ends its line is cut off', async (t) => {
  const { start, values } = await setUp(t);
  await untilSaid(start(), /serving/);
  const socket = connect(values.control);
  socket.on('error', () => {});
  socket.write('x'.repeat(10_000));
  await once(socket, 'close');
});

test('it serves on when the disk that it logs to is full', async (t) => {
  const { start, values, host, port } = await setUp(t);
  const child = start({}, openSync('/dev/full', 'w'));
  for (;;) {
    assert.equal(child.exitCode, null);
    const answer = await ask({ address: values.address, port, host }).catch(() => null);
    if (answer === null) continue;
    assert.equal(answer.status, 200);
    break;
  }
});

test('the command line is read as it was written, and nothing else is', () => {
  const args = {
    owner: 'O',
    id: 'I',
    bundle: '/a b/--id',
    host: 'h',
    address: '::1',
    port: '80',
    control: '/c',
  };
  assert.deepEqual({ ...parseArguments(formatArguments(args)) }, args);
  for (const argv of [
    [],
    formatArguments(args).slice(2),
    [...formatArguments(args), 'more'],
    [...formatArguments(args), '--more', '1'],
    formatArguments({ ...args, id: '' }),
  ]) {
    assert.equal(parseArguments(argv), null, argv.join(' '));
  }
});
