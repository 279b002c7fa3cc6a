import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type Admin, startAdmin } from '../../src/server/admin/admin.js';
import { EventHub } from '../../src/server/admin/event-hub.js';
import { staticSource } from '../helpers/admin-source.js';
import { until } from '../helpers/daemon/until.js';
import { skipWithout } from '../helpers/program.js';

const MAIN = fileURLToPath(new URL('../../src/main.js', import.meta.url));
const TERMINAL = fileURLToPath(new URL('../../../test/fixtures/pseudo-terminal.py', import.meta.url));
const NO_PYTHON = skipWithout('python3', 'python3');
const ENTER = '\x1b[?1049h';
const LEAVE = '\x1b[?25h\x1b[?1049l';
const HOME = '\x1b[H';

interface Daemon {
  readonly hub: EventHub;
  readonly admin: Admin;
}

async function daemon(t: TestContext, port = 0): Promise<Daemon> {
  const hub = new EventHub({ epoch: String(performance.now()).replace('.', '') });
  const admin = await startAdmin({
    listen: { address: '127.0.0.1', port },
    source: staticSource(),
    events: hub,
  });
  t.after(() => admin.close());
  return { hub, admin };
}

/** `hotzone top` somewhere, and what it has written. */
class Top {
  text = '';
  errors = '';
  readonly ended: Promise<number | null>;
  readonly #child: ChildProcess;

  constructor(t: TestContext, program: string, args: readonly string[], term: string) {
    this.#child = spawn(program, args, { stdio: 'pipe', env: { ...process.env, TERM: term } });
    this.#child.stdout?.on('data', (chunk) => {
      this.text += chunk.toString();
    });
    this.#child.stderr?.on('data', (chunk) => {
      this.errors += chunk.toString();
    });
    this.ended = once(this.#child, 'close').then(([code]) => code as number | null);
    t.after(() => void this.#child.kill('SIGKILL'));
  }

  static onTerminal(
    t: TestContext,
    url: string,
    { term = 'xterm', args = [] as readonly string[] } = {},
  ): Top {
    const command = [process.execPath, MAIN, 'top', '--url', url, ...args];
    return new Top(t, 'python3', [TERMINAL, '100', '30', ...command], term);
  }

  static inPipe(t: TestContext, url: string, args: readonly string[] = []): Top {
    return new Top(t, process.execPath, [MAIN, 'top', '--url', url, ...args], 'xterm');
  }

  /** For the terminal: `keys q`, `size 60 20`. */
  tell(command: string): void {
    this.#child.stdin?.write(`${command}\n`);
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** What the screen shows: the lines that were drawn last. */
  screen(): readonly string[] {
    const last = this.text.split(HOME).at(-1) ?? '';
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out.
    return last.split(/\r+\n/).map((line) => line.replace(/\x1b\[[?0-9;]*[A-Za-z]/g, ''));
  }

  shows(pattern: RegExp): Promise<true> {
    return until(`the screen shows ${pattern}`, () => pattern.test(this.screen().join('\n')), {
      otherwise: () => `${this.screen().join('\n')}\n${this.errors}`,
    });
  }
}

function surge(page: string): object {
  return { at: '2026-01-31T08:00:05.123Z', page };
}

test('on a terminal it draws what happens, takes another size, and leaves everything as it was on q', {
  skip: NO_PYTHON,
}, async (t) => {
  const { hub, admin } = await daemon(t);
  const top = Top.onTerminal(t, admin.url);
  await top.shows(/example\.org.*\n[\s\S]*summoning[\s\S]*127\.0\.1\.4 +serving/);
  assert.ok(top.text.includes(ENTER));
  await until('it listens', () => hub.listeners === 1);
  hub.publish('surge', surge('/hot.html'));
  await top.shows(/08:00:05 {2}\/hot\.html gets hot/);
  assert.ok(top.screen().length <= 30);
  top.tell('size 60 12');
  await until(
    'it fits the smaller one',
    () => top.screen().length === 12 && top.screen().every((line) => line.length <= 60),
  );
  assert.ok(!top.text.slice(top.text.indexOf(ENTER) + 20).includes('\x1b[2J'), 'it flickers');
  top.tell('keys xq');
  assert.equal(await top.ended, 0);
  assert.match(top.text, /\[exit 0, terminal restored\]/);
  assert.ok(top.text.includes(LEAVE));
  await until('it listens no more', () => hub.listeners === 0);
});

test('Ctrl-C on the terminal ends it as q does', { skip: NO_PYTHON }, async (t) => {
  const { admin } = await daemon(t);
  const top = Top.onTerminal(t, admin.url);
  await top.shows(/summoning/);
  top.tell('keys \u0003');
  await top.ended;
  assert.match(top.text, /\[exit 0, terminal restored\]/);
});

test('a dumb terminal gets lines, once per interval', { skip: NO_PYTHON }, async (t) => {
  const { admin } = await daemon(t);
  const top = Top.onTerminal(t, admin.url, { term: 'dumb', args: ['--interval', '100ms'] });
  await until('three prints', () => top.text.split('example.org  serial').length > 3);
  assert.ok(!top.text.includes('\x1b'), 'it knows no control sequences');
  top.tell('keys \u0003');
  await top.ended;
});

test('in a pipe it prints once per interval until a signal ends it', async (t) => {
  const { hub, admin } = await daemon(t);
  const top = Top.inPipe(t, admin.url, ['--interval', '100ms']);
  await until('three prints', () => top.text.split('example.org  serial').length > 3);
  const pages = staticSource().pages().slice(0, 1);
  hub.show('tick', () => ({
    at: '',
    seconds: 0,
    status: { healthy: true, ...staticSource().status() },
    pages,
  }));
  await until('what a tick has told', () => /\n\n(?!.*summoning)[\s\S]*about/.test(top.text.slice(-2_000)));
  assert.ok(!top.text.includes('\x1b'));
  top.signal('SIGTERM');
  assert.equal(await top.ended, 0);
});

test('--json prints each event as a line', async (t) => {
  const { hub, admin } = await daemon(t);
  const top = Top.inPipe(t, admin.url, ['--json']);
  await until('it listens', () => hub.listeners === 1);
  hub.publish('surge', surge('/hot.html'));
  const line = await until('the event', () => top.text.split('\n').find((text) => text.includes('hot.html')));
  const { type, data } = JSON.parse(line) as { type: string; data: unknown };
  assert.deepEqual([type, data], ['surge', surge('/hot.html')]);
  top.signal('SIGINT');
  assert.equal(await top.ended, 0);
});

test('it outlives its daemon, says so, and goes on with the next one', async (t) => {
  const first = await daemon(t);
  const top = Top.inPipe(t, first.admin.url, ['--interval', '100ms']);
  await until('it listens', () => first.hub.listeners === 1);
  await first.admin.close();
  await until('it says so', () =>
    /no hotzone daemon answers at .*; trying again|ended the stream/.test(top.text),
  );
  const second = await daemon(t, first.admin.port);
  await until('it listens to the next one', () => second.hub.listeners === 1);
  second.hub.show('tick', () => null);
  await until(
    'it shows it',
    () => !/trying again/.test(top.text.slice(top.text.lastIndexOf('example.org') - 200)),
  );
  top.signal('SIGTERM');
  assert.equal(await top.ended, 0);
});

test('where nothing listens it ends with exit code 3, and with 2 for what is no interval', async (t) => {
  const { admin } = await daemon(t);
  await admin.close();
  const absent = Top.inPipe(t, admin.url);
  assert.equal(await absent.ended, 3);
  assert.match(absent.errors, /no hotzone daemon answers there/);
  const wrong = Top.inPipe(t, admin.url, ['--interval', '0s']);
  assert.equal(await wrong.ended, 2);
  assert.match(wrong.errors, /Expected a duration, e\.g\. 2s/);
});
