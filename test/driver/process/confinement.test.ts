import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { execa } from 'execa';
import { confinement } from '../../../src/driver/process/confinement.js';
import { temporaryFolder } from '../../helpers/site-files.js';

const folder = temporaryFolder();
const [own, others, control] = ['own.hzb', 'others.hzb', 'socket'].map((name) => join(folder, name)) as [
  string,
  string,
  string,
];
writeFileSync(own, 'own');
writeFileSync(others, 'others');

/** What becomes of an attempt in a page server's place: its result, or the code of its error. */
async function attempt(code: string): Promise<string> {
  const program = `import fs from 'node:fs'; import child from 'node:child_process'; import net from 'node:net';
import { Worker } from 'node:worker_threads';
try { console.log(String(${code})) } catch (error) { console.log(error.code) }`;
  const args = [...confinement(own, control), '--input-type=module', '--eval', program];
  const { stdout, stderr } = await execa(process.execPath, args, { cwd: '/' });
  assert.equal(stderr, '');
  return stdout;
}

test('a page server reads its own bundle, and opens its control socket', async () => {
  assert.equal(await attempt(`fs.readFileSync(${JSON.stringify(own)}, 'utf8')`), 'own');
  const listen = `await new Promise((resolve, reject) => net.createServer().on('error', reject)
    .listen(${JSON.stringify(control)}, function () { this.close(() => resolve('listened')) }))`;
  assert.equal(await attempt(listen), 'listened');
});

test('it reaches no other file and starts no other program', async () => {
  for (const code of [
    `fs.readFileSync(${JSON.stringify(others)})`,
    `fs.readFileSync('/etc/passwd')`,
    `fs.readdirSync(${JSON.stringify(folder)})`,
    `fs.writeFileSync(${JSON.stringify(own)}, '')`,
    `fs.unlinkSync(${JSON.stringify(others)})`,
    `child.execFileSync('true')`,
    `new Worker('', { eval: true })`,
  ]) {
    assert.equal(await attempt(code), 'ERR_ACCESS_DENIED', code);
  }
});

test('a newer Node.js gets the newer names', () => {
  const options = confinement(own, control, new Set(['--permission', '--allow-net']));
  assert.equal(options[0], '--permission');
  assert.equal(options.at(-1), '--allow-net');
});
