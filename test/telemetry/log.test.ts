import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { createLogger } from '../../src/telemetry/log.js';

test('a fact is one line of JSON with its level as a word and the time in ISO 8601', () => {
  const lines: string[] = [];
  const log = createLogger({ level: 'info', destination: { write: (line: string) => lines.push(line) } });
  log.info({ page: '/a\n.html' }, 'scaled up');
  log.debug('not asked for');
  assert.equal(lines.length, 1);
  assert.equal(lines[0]?.indexOf('\n'), lines[0]?.length === undefined ? undefined : lines[0].length - 1);
  const { time, ...fact } = JSON.parse(lines[0] ?? '') as Record<string, string>;
  assert.deepEqual(fact, { level: 'info', page: '/a\n.html', msg: 'scaled up' });
  assert.match(time ?? '', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
});

test('an error is written with its message and stack, and the level can change while running', () => {
  const lines: string[] = [];
  const log = createLogger({ level: 'error', destination: { write: (line: string) => lines.push(line) } });
  log.info('unseen');
  log.level = 'info';
  log.info({ err: new Error('no room') }, 'boot failed');
  assert.equal(lines.length, 1);
  const { err } = JSON.parse(lines[0] ?? '') as { err: { message: string; stack: string } };
  assert.equal(err.message, 'no room');
  assert.match(err.stack, /log\.test/);
});

test('without a destination the lines go to standard error, also the last one before a sudden end', async () => {
  const module = new URL('../../src/telemetry/log.js', import.meta.url).href;
  const script = `import { createLogger } from ${JSON.stringify(module)};
    createLogger({ level: 'info' }).info('last words'); process.kill(process.pid, 'SIGKILL');`;
  const run = promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script]);
  const outcome = await run.then(
    () => assert.fail('it ended well'),
    (error: { stdout: string; stderr: string }) => error,
  );
  assert.equal(outcome.stdout, '');
  assert.equal(JSON.parse(outcome.stderr).msg, 'last words');
});
