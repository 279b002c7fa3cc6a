import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { execa } from 'execa';
import { ask } from '../helpers/http.js';
import { cleanClone, install, pack } from '../helpers/packed.js';
import { freePort } from '../helpers/process-driver.js';
import { findProgram, skipWithout } from '../helpers/program.js';
import { QEMU, skipWithoutQemu } from '../helpers/qemu-driver.js';

const skip = skipWithoutQemu || skipWithout('cargo', 'cargo-web') || skipWithout('git', 'git');

describe('the package that npm makes of a clean clone', { skip }, () => {
  let folder: string;
  let tarball: string;
  let paths: readonly string[];
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'hotzone-'));
    ({ tarball, paths } = await pack(await cleanClone(folder)));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  test('has the kernel with its notices, and neither tests nor sources', () => {
    const kernel = 'dist/src/unikernel/hotzone-kernel';
    for (const path of [kernel, `${kernel}.txt`, `${kernel}-notices.txt`, 'policies/default.yaml', 'LICENSE'])
      assert.ok(paths.includes(path), path);
    for (const path of ['dist/src/server/admin/page/main.js', 'src/server/admin/page/style.css'])
      assert.ok(paths.includes(path), path);
    assert.deepEqual(
      paths.filter((path) => /test|\.(?:ts|map|rs|sh)$/.test(path)),
      [],
    );
  });

  test('boots a page without Rust where it is installed', async () => {
    const place = join(folder, 'installed');
    await install(tarball, place);
    const programs = join(folder, 'programs');
    mkdirSync(programs);
    symlinkSync(process.execPath, join(programs, 'node'));
    symlinkSync(findProgram(QEMU) ?? assert.fail(QEMU), join(programs, QEMU));
    const hotzone = async (...args: readonly string[]): Promise<string> => {
      const program = join(place, 'node_modules/.bin/hotzone');
      const { stdout } = await execa(program, args, {
        cwd: place,
        env: { PATH: programs },
        extendEnv: false,
      }).catch((error: Error) => assert.fail(error.message));
      return stdout;
    };

    const found = JSON.parse(await hotzone('doctor', '--json')) as {
      readonly drivers: { readonly qemu: boolean };
      readonly findings: readonly { readonly what: string; readonly detail: string }[];
    };
    assert.ok(found.drivers.qemu, JSON.stringify(found));
    const kernel = found.findings.find(({ what }) => what === 'page kernel')?.detail ?? '';
    assert.ok(kernel.includes(`${place}/node_modules/hotzone/`), kernel);

    const site = join(place, 'site');
    mkdirSync(site);
    writeFileSync(join(site, 'index.html'), '<p>installed');
    const port = await freePort();
    try {
      const raised = await hotzone(
        ...['up', '--domain', 'example.test', '--site', site, '--driver', 'qemu', '--json'],
        ...['--http-port', String(port), '--pool', '127.66.0.0/24'],
      );
      const [replica] = (
        JSON.parse(raised) as { replicas: { readonly address: string; readonly host: string }[] }
      ).replicas;
      const { status, body } = await ask({
        address: replica?.address ?? '',
        port,
        host: replica?.host ?? '',
      });
      assert.deepEqual([status, body.toString()], [200, '<p>installed']);
    } finally {
      await hotzone('down');
    }
  });

  test('is not made without Rust, and npm says why', async () => {
    const programs = join(folder, 'npm');
    mkdirSync(programs);
    for (const name of ['node', 'npm', 'sh', 'sed', 'sort', 'head', 'dirname', 'env'])
      symlinkSync(findProgram(name) ?? assert.fail(name), join(programs, name));
    const { exitCode, stderr } = await execa('npm', ['pack'], {
      cwd: join(folder, 'clone'),
      env: { PATH: programs, HOME: folder },
      extendEnv: false,
      reject: false,
    });
    assert.notEqual(exitCode, 0);
    assert.match(
      stderr,
      /^the page kernel needs cargo and rustc [\d.]+ or newer: there is no cargo on the PATH$/m,
    );
  });
});
