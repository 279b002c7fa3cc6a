import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type CheckOptions, check } from '../../src/cli/check.js';
import { SHORTEST } from '../helpers/policy.js';

const SHIPPED = fileURLToPath(new URL('../../../policies/', import.meta.url));

class Sink extends Writable {
  text = '';
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

async function run(options: Partial<CheckOptions>): Promise<{ code: number; out: string; err: string }> {
  const [stdout, stderr] = [new Sink(), new Sink()];
  const code = await check({ policies: [], json: false, ...options }, { stdout, stderr });
  return { code, out: stdout.text, err: stderr.text };
}

function file(t: TestContext, name: string, text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'hotzone-check-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

function site(t: TestContext, ...names: readonly string[]): Pick<CheckOptions, 'site' | 'domain'> {
  const dir = mkdtempSync(join(tmpdir(), 'hotzone-check-'));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  for (const name of names) writeFileSync(join(dir, name), name);
  return { site: { dir, naming: 'flat' }, domain: 'example.org' };
}

test('good policies are described line by line, and the exit code is 0', async () => {
  const { code, out, err } = await run({ policies: [SHIPPED] });
  assert.equal(code, 0);
  assert.equal(err, '');
  assert.equal(out.trim().split('\n').length, readdirSync(SHIPPED).length);
  assert.match(out, /default\.yaml: default: 0 to 4 replicas for each page of/);
});

test('every problem is a line with file, line and column, and the exit code is 1', async (t) => {
  const bad = file(t, 'bad.yaml', `${SHORTEST}maxReplica: 3\ndns: { ttl: 30 }\n`);
  const { code, out, err } = await run({ policies: [bad] });
  assert.equal(code, 1);
  assert.equal(out, '');
  assert.deepEqual(err.trim().split('\n'), [
    `${bad}:6:1: unknown key "maxReplica"; did you mean "maxReplicas"?`,
    `${bad}:7:13: "dns.ttl" is 30: expected a duration from 1s to 24h, such as "30s" or "1h30m"`,
  ]);
});

test('warnings are told but do not fail', async (t) => {
  const policy = file(t, 'a.yaml', `${SHORTEST}budget: { maxInstances: 2 }\n`);
  const { code, err } = await run({ policies: [policy] });
  assert.equal(code, 0);
  assert.match(err, /:6:25: warning: budget\.maxInstances is 2/);
});

test('a path that does not exist is a problem', async () => {
  const { code, err } = await run({ policies: ['/nonexistent'] });
  assert.equal(code, 1);
  assert.equal(err, '/nonexistent: does not exist; check the path\n');
});

test('nothing to check is a usage error', async () => {
  assert.equal((await run({})).code, 2);
});

test('a site without its domain is a usage error', async () => {
  const { code, err } = await run({ site: { dir: '.', naming: 'flat' } });
  assert.equal(code, 2);
  assert.equal(err, 'hotzone check: a site can only be checked together with its domain\n');
});

test('with the site, pages are counted, and those that two policies claim are problems', async (t) => {
  const pages = site(t, 'index.html', 'a.html');
  const one = file(t, 'a.yaml', SHORTEST.replace('"/**"', '"/a.html"'));
  const fine = await run({ policies: [one], ...pages });
  assert.equal(fine.code, 0);
  assert.match(fine.out, /: 2 pages, each with a host name of its own$/m);
  assert.match(fine.out, /^of 2 pages: 1 to shortest, 1 to the origin alone$/m);
  const two = file(t, 'b.yaml', SHORTEST.replace('shortest', 'other'));
  const conflict = await run({ policies: [one, two], ...pages });
  assert.equal(conflict.code, 1);
  assert.match(conflict.err, /the page \/a\.html is matched by "other" .* and "shortest"/);
});

test('a site whose pages cannot all be named is a problem', async (t) => {
  const { code, err } = await run({ ...site(t, 'a.html'), domain: 'a..b' });
  assert.equal(code, 1);
  assert.match(err, /a\.\.b/);
  const gone = await run({ site: { dir: '/nonexistent', naming: 'flat' }, domain: 'example.org' });
  assert.equal(gone.code, 1);
  assert.match(gone.err, /^\/nonexistent: does not exist/);
});

test('a budget that cannot pay the minimum of all pages is a warning', async (t) => {
  const policy = file(t, 'a.yaml', `${SHORTEST}minReplicas: 1\nbudget: { maxInstances: 4 }\n`);
  const names = Array.from({ length: 5 }, (_, i) => `${i}.html`);
  const { code, err } = await run({ policies: [policy], ...site(t, ...names) });
  assert.equal(code, 0);
  assert.match(err, /warning: "shortest" wants at least 5 replicas for its 5 pages/);
  const peak = 'schedules: [{ name: s, timezone: UTC, start: "0 9 * * *", duration: 1h, minReplicas: 2 }]\n';
  const priced = 'placement: [{ driver: process, hourlyCost: 0.125 }]\nbudget: { maxHourlyCost: 1 }\n';
  const dear = file(t, 'b.yaml', `${SHORTEST}${peak}${priced}`);
  assert.match(
    (await run({ policies: [dear], ...site(t, ...names) })).err,
    /wants at least 10 replicas for its 5 pages, which cost 1.25 an hour, but budget.maxHourlyCost is 1$/m,
  );
});

const ZONE = `$TTL 1h
@     MX   10 mail
mail  A    192.0.2.25
      TXT  "v=spf1 -all"
`;

test('a zone file need not have SOA and NS, since the daemon makes them', async (t) => {
  const zoneFile = file(t, 'own.zone', ZONE);
  const { code, out, err } = await run({ zoneFile, domain: 'example.org' });
  assert.equal(err, '');
  assert.equal(code, 0);
  assert.equal(out, `${zoneFile}: 3 records of example.org\n`);
});

test('every mistake of a zone file is a problem with file, line and column', async (t) => {
  const zoneFile = file(t, 'bad.zone', `${ZONE}www   A    192.0.2.256\nftp   CNAME mail\nftp TXT x\n`);
  const { code, out, err } = await run({ zoneFile, domain: 'example.org' });
  assert.equal(code, 1);
  assert.equal(out, '');
  const [address, cname, ...more] = err.trim().split('\n');
  assert.ok(address?.startsWith(`${zoneFile}:5:12: `), address);
  assert.ok(cname?.startsWith(`${zoneFile}:6: ftp.example.org. CNAME: a CNAME beside other data`), cname);
  assert.deepEqual(more, []);
});

test('an SOA without an NS is no mistake, and an SOA of another zone is one', async (t) => {
  const soa = 'SOA ns1 hostmaster 1 3600 600 86400 10\n';
  const own = await run({ zoneFile: file(t, 'a.zone', `${ZONE}@ ${soa}`), domain: 'example.org' });
  assert.equal(own.code, 0);
  const other = await run({ zoneFile: file(t, 'b.zone', `${ZONE}sub ${soa}`), domain: 'example.org' });
  assert.equal(other.code, 1);
  assert.match(other.err, /b\.zone:5: sub\.example\.org\. SOA: an SOA belongs to the apex alone/);
});

test('a zone file that cannot be read is a problem', async () => {
  const { code, err } = await run({ zoneFile: '/nonexistent.zone', domain: 'example.org' });
  assert.equal(code, 1);
  assert.match(err, /^\/nonexistent\.zone: cannot be read: .*; check the path and its permissions\n$/);
});

test('a zone file without its domain is a usage error', async () => {
  const { code, err } = await run({ zoneFile: 'own.zone' });
  assert.equal(code, 2);
  assert.equal(err, 'hotzone check: a zone file can only be checked together with its domain\n');
});

test('with the site, a page that has the name of a record is a problem at the record', async (t) => {
  const pages = site(t, 'a.html', 'b.html');
  const fine = await run({ zoneFile: file(t, 'own.zone', ZONE), ...pages });
  assert.equal(fine.code, 0);
  assert.match(fine.out, /^no page has the name of a record$/m);
  const taken = file(t, 'own.zone', `${ZONE}a.html   A   192.0.2.1\na-html  A   192.0.2.1\n`);
  const conflict = await run({ zoneFile: taken, ...pages });
  assert.equal(conflict.code, 1);
  assert.match(conflict.err, /own\.zone:[56]: the page a.html\.example\.org has the same name as a static A/);
  const below = file(t, 'own.zone', `${ZONE}a.html NS mail\na-html NS mail\n`);
  const delegated = await run({ zoneFile: below, ...pages });
  assert.equal(delegated.code, 1);
  assert.match(delegated.err, /at or below the delegation/);
});

test('for a script there is one JSON object on standard output', async (t) => {
  const bad = file(t, 'bad.yaml', `${SHORTEST}maxReplica: 3\n`);
  const { code, out, err } = await run({ policies: [bad], json: true });
  assert.equal(code, 1);
  assert.equal(err, '');
  assert.deepEqual(JSON.parse(out), {
    ok: false,
    found: [],
    problems: [
      {
        where: bad,
        line: 6,
        column: 1,
        message: 'unknown key "maxReplica"',
        hint: 'did you mean "maxReplicas"?',
      },
    ],
    warnings: [],
  });
});
