/**
 * Runs the tests: `node dist/test/run.js [--system] [--ci] [FILTER]`.
 *
 * Skips are printed with their reasons by the reporter; with --ci (or CI=true) a skip is a failure, because CI
 * installs whatever a test needs.
 */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { fileURLToPath } from 'node:url';
import { endRig } from './helpers/xen-rig/boot.js';
import { RIG_FOLDER_VARIABLE } from './helpers/xen-rig/folder.js';

const TEST_TIMEOUT_MS = 300_000;

const root = fileURLToPath(new URL('.', import.meta.url));
const args = process.argv.slice(2);
const wantsSystem = args.includes('--system');
const skipsFail = args.includes('--ci') || process.env.CI === 'true';
const filter = args.find((arg) => !arg.startsWith('--')) ?? '';

const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.test.js'))
  .filter((file) => file.startsWith('system/') === wantsSystem)
  .filter((file) => file.includes(filter))
  .sort()
  .map((file) => join(root, file));

if (files.length === 0) {
  process.stderr.write(`no test file has "${filter}" in its path\n`);
  process.exit(1);
}

// One Xen host for all files that need one, booted by the first of them.
const givenRig = process.env[RIG_FOLDER_VARIABLE];
const rigFolder = givenRig ?? mkdtempSync(join(tmpdir(), 'hotzone-rig-'));
process.env[RIG_FOLDER_VARIABLE] = rigFolder;
async function endOwnRig(): Promise<void> {
  if (givenRig !== undefined) return;
  await endRig(rigFolder);
  rmSync(rigFolder, { recursive: true, force: true });
}
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void endOwnRig().finally(() => process.exit(1)));

let passed = 0;
let failed = 0;
const skips: string[] = [];

const stream = run({ files, concurrency: wantsSystem ? 1 : 2, timeout: TEST_TIMEOUT_MS });
stream.on('test:pass', (test) => {
  if (test.skip !== undefined)
    skips.push(`${test.name}: ${test.skip === true ? 'no reason given' : test.skip}`);
  else if (test.details.type !== 'suite') passed += 1;
});
stream.on('test:fail', (test) => {
  if (test.details.type !== 'suite') failed += 1;
});
const report = stream.compose(new spec());
report.pipe(process.stdout);
report.on('end', () => {
  for (const skip of skips) process.stdout.write(`skipped: ${skip}\n`);
  process.stdout.write(`${passed} passed, ${failed} failed, ${skips.length} skipped\n`);
  process.exitCode = failed > 0 || passed === 0 || (skipsFail && skips.length > 0) ? 1 : 0;
  void endOwnRig();
});
