import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { findProgram } from '../helpers/program.js';

const BUILD = fileURLToPath(new URL('../../../src/unikernel/build.sh', import.meta.url));
/** What it takes to look at the version. */
const PROGRAMS = ['sh', 'sed', 'sort', 'head', 'dirname'];

/** Builds the kernel where the only compiler is what the scripts say that it is. */
async function build(scripts: Readonly<Record<string, string>>): Promise<readonly [number, string]> {
  const folder = mkdtempSync(join(tmpdir(), 'hotzone-'));
  for (const name of PROGRAMS) symlinkSync(findProgram(name) ?? assert.fail(name), join(folder, name));
  for (const [name, script] of Object.entries(scripts)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, name), 0o755);
  }
  const { exitCode, stdout, stderr } = await execa(BUILD, {
    env: { PATH: folder },
    extendEnv: false,
    reject: false,
  });
  rmSync(folder, { recursive: true });
  assert.equal(stdout, '');
  return [exitCode ?? -1, stderr.replaceAll(`${folder}/`, '')];
}

const expected = (found: string): readonly [number, string] => [
  1,
  `the page kernel needs cargo and rustc 1.91 or newer: ${found}\n` +
    'to mend it: apt install cargo-web (Debian), or see https://rustup.rs',
];

test('building the kernel without cargo says what is needed and how to get it', async () => {
  assert.deepEqual(await build({}), expected('there is no cargo on the PATH'));
});

test('a compiler that is too old, or none that runs, is refused before it fails at the sources', async () => {
  const cargo = 'echo "cargo 1.91.0 (ea2d97820 2025-10-10)"';
  const old = 'echo "cargo 1.65.0"';
  assert.deepEqual(await build({ cargo: old }), expected('cargo is 1.65.0'));
  assert.deepEqual(await build({ cargo, rustc: 'echo "rustc 1.9.0"' }), expected('rustc is 1.9.0'));
  const broken = 'echo "error: no toolchain" >&2; exit 1';
  assert.deepEqual(await build({ cargo: broken }), expected('cargo does not run: error: no toolchain'));
});
