import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { startView } from '../../../src/cli/demo/terminal.js';
import type { DemoView } from '../../../src/cli/demo/view.js';
import { loadCounters } from '../../helpers/load-counters.js';

const ENTER = '\x1b[?1049h';
const LEAVE = '\x1b[?25h\x1b[?1049l';
const view: DemoView = {
  domain: 'demo.hotzone.test',
  phase: 'quiet',
  now: 1_000,
  startedAt: 0,
  pages: [],
  events: [],
  load: loadCounters(),
  statusUrl: 'http://127.0.0.1:8053/',
  commands: [],
};

function recorder(isTTY: boolean) {
  const written: string[] = [];
  const write = (text: string | Uint8Array) => written.push(String(text)) > 0;
  return { written, output: { isTTY, columns: 80, rows: 24, write } };
}

test('where there is no terminal, events are plain lines and nothing else is written', () => {
  const { written, output } = recorder(false);
  const driver = startView(output, () => view);
  driver.event({ at: 1_234, kind: 'withdrawn', address: '127.80.0.1', reason: '0 wanted' });
  driver.stop();
  assert.deepEqual(written, ['  1.234 s  address withdrawn  127.80.0.1  0 wanted\n']);
});

test('a terminal is drawn at once and at every event, and left as it was, once', () => {
  const { written, output } = recorder(true);
  let phase: DemoView['phase'] = 'quiet';
  const listeners = process.listenerCount('SIGTERM');
  const driver = startView(output, () => ({ ...view, phase }));
  assert.ok(written[0]?.startsWith(ENTER));
  assert.ok(written[1]?.includes('hotzone demo'));
  const before = written.length;
  phase = 'surge';
  driver.event({ at: 1, kind: 'surgeStarted' });
  assert.equal(written.length, before + 1);
  driver.stop();
  driver.stop();
  assert.equal(written.filter((text) => text === LEAVE).length, 1);
  assert.equal(written.at(-1), LEAVE);
  assert.equal(process.listenerCount('SIGTERM'), listeners);
});

const module = new URL('../../../src/cli/demo/terminal.js', import.meta.url).href;
const begin = `
  const { startView } = await import(${JSON.stringify(module)});
  const view = { ...${JSON.stringify({ ...view, load: null })}, load: {
    queries: {}, requests: {}, requestLatency: { p99: 0 } } };
  startView({ isTTY: true, columns: 80, rows: 24, write: (text) => process.stdout.write(text) }, () => view);
  process.stdout.write('ready');
`;

async function run(script: string, signal?: NodeJS.Signals) {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script]);
  let text = '';
  child.stdout.on('data', (chunk) => {
    if (signal !== undefined && !text.includes('ready') && (text + chunk).includes('ready'))
      child.kill(signal);
    text += chunk;
  });
  let errors = '';
  child.stderr.on('data', (chunk) => {
    errors += chunk;
  });
  const [code, killedBy] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  return { text, errors, code, killedBy };
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  test(`${signal} restores the terminal and then ends the process as ever`, async () => {
    const { text, killedBy } = await run(begin, signal);
    assert.ok(text.endsWith(LEAVE), JSON.stringify(text.slice(-40)));
    assert.equal(killedBy, signal);
  });
}

test('somebody else who handles the signal decides how the process ends', async () => {
  const handler = "process.on('SIGINT', () => { process.stdout.write('bye'); process.exit(7); });";
  const { text, code } = await run(begin + handler, 'SIGINT');
  assert.ok(text.endsWith(`${LEAVE}bye`), JSON.stringify(text.slice(-40)));
  assert.equal(code, 7);
});

test('an exit and an uncaught error restore the terminal too', async () => {
  assert.ok((await run(`${begin} process.exit(0);`)).text.endsWith(LEAVE));
  const failed = await run(`${begin} setImmediate(() => { throw new Error('a bug'); });`);
  assert.ok(failed.text.endsWith(LEAVE));
  assert.match(failed.errors, /a bug/);
});
