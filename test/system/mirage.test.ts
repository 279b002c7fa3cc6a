import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { execa } from 'execa';
import { siteBuild, siteBuildDefaults } from '../../src/cli/site-build.js';
import { mirageProject } from '../../src/cli/site-mirage.js';
import { skipWithout } from '../helpers/program.js';
import { temporaryFolder, writeFiles } from '../helpers/site-files.js';

const folder = temporaryFolder();
const out = join(folder, 'out');
const dir = writeFiles(join(folder, 'site'), { '/index.html': '<p>home</p>' });
const io = { stdout: new PassThrough(), stderr: new PassThrough() };
await siteBuild({ ...siteBuildDefaults, dir, domain: 'd.test', out }, io, mirageProject);

test("OCaml's own parser reads the sources of a project", {
  skip: skipWithout('ocamlc', 'ocaml-nox'),
}, async () => {
  for (const name of ['config.ml', 'unikernel.ml']) {
    const args = ['-stop-after', 'parsing', '-dparsetree', '-c', join(out, name)];
    const { stderr } = await execa('ocamlc', args, { cwd: folder });
    assert.match(stderr, /structure_item/);
  }
});

test('tar lists and unpacks an archive', async () => {
  const archive = join(out, 'pages', 'index-html.d.test.tar');
  await execa('tar', ['-xf', archive, '-C', folder]);
  assert.equal(readFileSync(join(folder, 'body'), 'utf8'), '<p>home</p>');
  for (const name of ['host', 'path', 'head']) assert.ok(existsSync(join(folder, name)));
});
