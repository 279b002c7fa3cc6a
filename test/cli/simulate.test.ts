import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { program } from '../../src/cli/program.js';
import { captureIo } from '../helpers/captured-io.js';
import { crowdCsv, RECORDED_AT } from '../helpers/recorded-crowd.js';

const POLICY = (name: string, rest = ''): string =>
  `version: 1\nname: ${name}\nmatch: { pages: ["/**"] }\nmaxReplicas: 8\nmetric: { target: 10 }\n${rest}`;
const HOSTS = ['a-html.www.example.test', 'b-html.www.example.test'];
const CSV = crowdCsv(HOSTS, 900);

interface Scene {
  /** Writes a file and gives its path. */
  file(name: string, text: string): string;
  run(...args: readonly string[]): Promise<{ code: number; out: string; err: string }>;
}

function sceneOf(t: TestContext): Scene {
  const folder = mkdtempSync(join(tmpdir(), 'hotzone-simulate-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return {
    file: (name, text) => {
      const path = join(folder, name);
      mkdirSync(join(path, '..'), { recursive: true });
      writeFileSync(path, text);
      return path;
    },
    run: async (...args) => {
      const io = captureIo();
      let code = -1;
      const command = program(io, (exitCode) => {
        code = exitCode;
      });
      await command.parseAsync(['simulate', ...args], { from: 'user' }).catch(() => undefined);
      return { code, out: io.out().replaceAll(`${folder}/`, ''), err: io.err().replaceAll(`${folder}/`, '') };
    },
  };
}

test('policies are compared over one log, beside each other, with what of it cannot be known', async (t) => {
  const { file, run } = sceneOf(t);
  const a = file('a.yaml', POLICY('a'));
  const b = file('b.yaml', POLICY('b', 'enabled: false\nminReplicas: 2\n'));
  const { code, out, err } = await run(a, b, '--trace', file('log', CSV));
  assert.equal(err, '');
  assert.equal(code, 0);
  assert.match(
    out,
    new RegExp(
      `^\\d+ queries for 2 pages in 0.25 h, read as csv, from ${new Date(RECORDED_AT).toISOString().slice(0, 16)}`,
    ),
  );
  assert.match(out, /guessed from them: the visits behind \d+ caches/);
  assert.match(out, /b\.yaml: "b" is off \(enabled: false\), and simulated as if it were on/);
  assert.match(out, /^ +a\.yaml +b\.yaml\nreplica-hours +[\d.]+ +[\d.]+\n/m);
  assert.match(out, /^\/a-html\.www\.example\.test +a +\d+ /m);
  // Two pages that keep two replicas each for a quarter of an hour.
  const [, hoursA = '', hoursB = ''] = /^replica-hours +([\d.]+) +([\d.]+)$/m.exec(out) ?? [];
  assert.ok(Number(hoursB) >= 1 && Number(hoursA) < Number(hoursB) + 2, out);
});

test('the same as JSON, with the paths of a site and a folder of policies', async (t) => {
  const { file, run } = sceneOf(t);
  for (const page of ['a.html', 'b.html', 'quiet.html']) file(`site/${page}`, '<p>');
  const policies = join(
    file('policies/a.yaml', POLICY('a', 'priority: 1\n').replace('/**', '/a.html')),
    '..',
  );
  file('policies/rest.yaml', POLICY('rest'));
  const log = file('log', CSV);
  const site = ['--site', join(log, '..', 'site'), '--domain', 'www.example.test'];
  const { code, out, err } = await run(policies, '--trace', log, ...site, '--json');
  assert.equal(err, '');
  assert.equal(code, 0);
  const { contenders } = JSON.parse(out) as {
    contenders: { totals: { visits: number }; pages: { path: string; policy: string; visits: number }[] }[];
  };
  const pages = contenders[0]?.pages ?? [];
  assert.deepEqual(
    pages.map(({ path, policy, visits }) => [path, policy, visits > 0]),
    [
      ['/a.html', 'a', true],
      ['/b.html', 'rest', true],
      ['/quiet.html', 'rest', false],
    ],
  );
  assert.equal(
    contenders[0]?.totals.visits,
    pages.reduce((sum, { visits }) => sum + visits, 0),
  );
});

test('a slower boot is felt', async (t) => {
  const { file, run } = sceneOf(t);
  const args = [file('a.yaml', POLICY('a')), '--trace', file('log', CSV), '--json'];
  const short = async (...more: readonly string[]): Promise<number> => {
    const { out } = await run(...args, ...more);
    const { contenders } = JSON.parse(out) as { contenders: { totals: { shortSeconds: number } }[] };
    return contenders[0]?.totals.shortSeconds ?? Number.NaN;
  };
  const [quick, slow] = [await short(), await short('--boot-time', '20s')];
  assert.ok(slow >= quick + 15, `${quick} s and ${slow} s with too few`);
});

test('the report is one file that names nothing outside itself, and its names cannot become markup', async (t) => {
  const { file, run } = sceneOf(t);
  const html = file('report.html', '');
  const { code } = await run(file('<i>.yaml', POLICY('a')), '--trace', file('log', CSV), '--html', html);
  assert.equal(code, 0);
  const text = readFileSync(html, 'utf8');
  assert.doesNotMatch(text, /(?:src|href)=|<i>/);
  assert.match(text, /&lt;i&gt;\.yaml/);
});

test('mistakes are told with what to do, and nothing is simulated', async (t) => {
  const { file, run } = sceneOf(t);
  const policy = file('a.yaml', POLICY('a'));
  const log = file('log', CSV);
  const cases: readonly (readonly [readonly string[], number, RegExp])[] = [
    [[policy], 2, /required option '--trace <file>' not specified/],
    [
      [policy, '--trace', log, '--format', 'pcap'],
      2,
      /Allowed choices are bind, dnsmasq, unbound, csv, dnstap/,
    ],
    [[policy, '--trace', log, '--trace-ttl', '30'], 2, /Expected a time with its unit/],
    [[policy, '--trace', `${log}.gz`], 1, /log\.gz: does not exist; check the path/],
    [[policy, '--trace', policy], 1, /a\.yaml: holds no query .* in any format that is known; give --format/],
    [[policy, '--trace', log, '--site', '.'], 1, /--site: needs the --domain/],
    [
      [policy, '--trace', log, '--domain', 'other.test'],
      1,
      /no name below other\.test in it was asked for 10 times/,
    ],
    [[file('bad.yaml', 'version: 1\n'), '--trace', log], 1, /bad\.yaml/],
    [
      [file('none.yaml', POLICY('a').replace('/**', '/x')), '--trace', log],
      1,
      /none of its policies has any of the 2 pages/,
    ],
    [
      [policy, '--trace', log, '--html', '/nonexistent/report.html'],
      1,
      /\/nonexistent\/report\.html: does not exist/,
    ],
  ];
  for (const [args, expected, message] of cases) {
    const { code, out, err } = await run(...args);
    assert.match(err, message);
    assert.equal(code, expected, args.join(' '));
    assert.equal(out, '');
  }
});

test('two equal policies on one page are an error here as in the daemon', async (t) => {
  const { file, run } = sceneOf(t);
  const policies = join(file('policies/a.yaml', POLICY('a')), '..');
  file('policies/b.yaml', POLICY('b'));
  const { code, err } = await run(policies, '--trace', file('log', CSV));
  assert.equal(code, 1);
  assert.match(err, /is matched by "a" .* and "b"/);
});
