import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { NamingScheme } from '../../src/site/page.js';
import { indexSite } from '../../src/site/site-index.js';
import { zoneFile } from '../../src/site/zone-file.js';

const DOMAIN = 'www.skjegstad.com';
const PATH = `${process.env.PATH ?? ''}:/usr/sbin:/usr/local/sbin`;

const folder = mkdtempSync(join(tmpdir(), 'hotzone-zone-'));
after(() => rmSync(folder, { recursive: true }));

const paths = readFileSync(new URL('../../../test/fixtures/post-naming.tsv', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('/'))
  .map((line) => line.split('\t')[0] ?? '');

const checkers: readonly { program: string; apt: string; args: (file: string) => readonly string[] }[] = [
  {
    program: 'named-checkzone',
    apt: 'bind9-utils',
    args: (file) => ['-i', 'full', '-k', 'fail', DOMAIN, file],
  },
  { program: 'nsd-checkzone', apt: 'nsd', args: (file) => [DOMAIN, file] },
  { program: 'kzonecheck', apt: 'knot-dnssecutils', args: (file) => ['-v', '-o', DOMAIN, file] },
];

function run(
  program: string,
  args: readonly string[],
): { missing: boolean; status: number | null; text: string } {
  const { error, status, stdout, stderr } = spawnSync(program, args, {
    env: { ...process.env, PATH },
    encoding: 'utf8',
  });
  return {
    missing: error !== undefined && 'code' in error && error.code === 'ENOENT',
    status,
    text: stdout + stderr,
  };
}

function writeZone(naming: NamingScheme): string {
  const hash = (text: string): string => createHash('sha256').update(text).digest('hex');
  const pages = indexSite(paths, { domain: DOMAIN, naming, hash });
  assert.ok(pages.ok);
  const file = join(folder, naming);
  const originAddresses = ['192.0.2.1', '2001:db8::1'];
  writeFileSync(file, zoneFile({ domain: DOMAIN, pages: pages.value, originAddresses, serial: 1, ttl: 30 }));
  return file;
}

for (const { program, apt, args } of checkers) {
  for (const naming of ['post', 'flat'] as const) {
    test(`${program} accepts the zone file of the scheme "${naming}"`, (context) => {
      const { missing, status, text } = run(program, args(writeZone(naming)));
      if (missing) return context.skip(`${program} is not installed: apt install ${apt}`);
      assert.equal(status, 0, text);
    });
  }

  test(`${program} would notice a broken zone file`, (context) => {
    const file = join(folder, `broken-${program}`);
    writeFileSync(file, readFileSync(writeZone('post'), 'utf8').replace('192.0.2.1', '192.0.2.256'));
    const { missing, status } = run(program, args(file));
    if (missing) return context.skip(`${program} is not installed: apt install ${apt}`);
    assert.notEqual(status, 0);
  });
}
