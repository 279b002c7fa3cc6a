import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { DnsServer } from '../../src/server/dns/dns-server.js';
import { startDnsServer } from '../../src/server/dns/dns-server.js';
import { recordsOf } from '../dns/ask.js';
import { Daemon, freePort } from '../helpers/daemon.js';
import { skipWithout } from '../helpers/program.js';

const run = promisify(execFile);
const DOMAIN = 'www.skjegstad.com';

/** The 49 pages of the 2015 post: their names make many empty non-terminals. */
const PAGES = readFileSync(
  fileURLToPath(new URL('../../../test/fixtures/post-naming.tsv', import.meta.url)),
  'utf8',
)
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => line.split('\t'))
  .map(([, host = '', , address = '']) => ({ host, address }));

const STATIC = `$TTL 1h
@ SOA ns1 hostmaster 1 1h 10m 2w 10
  NS ns1
  MX 10 mail.elsewhere.test.
  CAA 0 issue "ca.test"
ns1 A 127.0.0.1
home CNAME index.html
*.wild TXT "any name"
big TXT ${Array.from({ length: 12 }, () => `"${'x'.repeat(200)}"`).join(' ')}
`;

async function startServer(
  t: TestContext,
  address = '127.0.0.1',
): Promise<{ server: DnsServer; port: number }> {
  const server = await startDnsServer({
    listen: [{ address, port: 0 }],
    domain: DOMAIN,
    records: recordsOf(STATIC, DOMAIN),
    onBatch: () => undefined,
    onFatal: (error) => {
      throw error;
    },
  });
  t.after(() => server.close());
  const pages = PAGES.map((page) => ({
    host: page.host,
    ttl: 30,
    maxAddresses: 8,
    addresses: [
      { address: page.address, weight: 1 },
      { address: '2001:db8::1', weight: 1 },
    ],
  }));
  await server.publish({ serial: 2026010100, pages, removed: [] });
  return { server, port: server.addresses[0]?.port ?? 0 };
}

/** What dig or kdig prints; nothing that they grumble about is let through. */
async function ask(program: 'dig' | 'kdig', port: number, ...args: readonly string[]): Promise<string> {
  const { stdout, stderr } = await run(program, [
    '@127.0.0.1',
    ...['-p', String(port)],
    ...['+norecurse', '+time=5', '+retry=0'],
    ...args,
  ]);
  const text = stdout + stderr;
  assert.doesNotMatch(text, /warning|malformed|extra bytes|mismatch|couldn't|error:/i, text);
  return text;
}

function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'hotzone-resolver-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const TOOLS = [
  { program: 'dig', apt: 'bind9-dnsutils', status: /status: (\w+)/ },
  { program: 'kdig', apt: 'knot-dnsutils', status: /status: (\w+)/ },
] as const;

for (const { program, apt, status } of TOOLS) {
  const skip = skipWithout(program, apt);

  test(`${program} reads every kind of answer without a complaint`, { skip }, async (t) => {
    const { port } = await startServer(t);
    const page = `index.html.${DOMAIN}`;
    const cases: readonly (readonly [readonly string[], string, RegExp])[] = [
      [[page, 'A'], 'NOERROR', /\s30\s+IN\s+A\s+192\.168\.56\.10/],
      [[page, 'AAAA'], 'NOERROR', /\s30\s+IN\s+AAAA\s+2001:db8::1/],
      [[page, 'A', '+tcp'], 'NOERROR', /192\.168\.56\.10/],
      [[page, 'A', '+noedns'], 'NOERROR', /192\.168\.56\.10/],
      [[page, 'A', '+dnssec'], 'NOERROR', /flags: do; /i],
      [[page, 'A', '+subnet=198.51.100.0/24'], 'NOERROR', /198\.51\.100\.0\/24\/0/],
      [[page, 'A', '+subnet=2001:db8:1::/48'], 'NOERROR', /2001:db8:1::\/48\/0/],
      [[page, 'TYPE65'], 'NOERROR', /SOA/],
      [[page, 'ANY', '+notcp'], 'NOERROR', /192\.168\.56\.10/],
      [[`html.${DOMAIN}`, 'A'], 'NOERROR', /SOA/],
      [[`nothing.${DOMAIN}`, 'A'], 'NXDOMAIN', /\s10\s+IN\s+SOA\s.*2026010100/],
      [[DOMAIN, 'SOA'], 'NOERROR', /3600\s+IN\s+SOA\s+ns1\.www\.skjegstad\.com\. hostmaster\./],
      [[DOMAIN, 'NS'], 'NOERROR', /ns1\.www\.skjegstad\.com\.\s+3600\s+IN\s+A\s+127\.0\.0\.1/],
      [[DOMAIN, 'MX'], 'NOERROR', /10 mail\.elsewhere\.test\./],
      [[DOMAIN, 'CAA'], 'NOERROR', /0 issue "ca\.test"/],
      [[`home.${DOMAIN}`, 'A'], 'NOERROR', /CNAME\s+index\.html[\s\S]*192\.168\.56\.10/],
      [
        [`a.b.wild.${DOMAIN}`, 'TXT'],
        'NOERROR',
        /a\.b\.wild\.www\.skjegstad\.com\.\s+3600\s+IN\s+TXT\s+"any name"/,
      ],
      [['example.org', 'A'], 'REFUSED', /ANSWER: 0/],
      [
        [DOMAIN, 'SOA', '+edns=1', ...(program === 'dig' ? ['+noednsnegotiation'] : [])],
        'BADVERS',
        /version: 0/i,
      ],
    ];
    for (const [args, expected, pattern] of cases) {
      const text = await ask(program, port, ...args);
      assert.equal(status.exec(text)?.[1], expected, `${args.join(' ')}\n${text}`);
      assert.match(text, pattern, args.join(' '));
    }
  });

  test(`${program} comes back over TCP for what was truncated`, { skip }, async (t) => {
    const { port } = await startServer(t);
    const { stdout } = await run(program, [
      '@127.0.0.1',
      '-p',
      String(port),
      '+norecurse',
      `big.${DOMAIN}`,
      'TXT',
    ]);
    assert.match(stdout, /TCP/);
    assert.equal(stdout.match(/x{200}/g)?.length, 12);
  });
}

test('dig sends options, flags and opcodes that nobody knows, and gets what RFC 8906 asks for', {
  skip: skipWithout('dig', 'bind9-dnsutils'),
}, async (t) => {
  const { port } = await startServer(t);
  const soa = [DOMAIN, 'SOA'];
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [['+ednsopt=100', ...soa], /NOERROR[\s\S]*ANSWER: 1/],
    [['+ednsflags=0x40', ...soa], /NOERROR[\s\S]*flags:; udp: 1232/],
    [['+zflag', ...soa], /NOERROR[\s\S]*ANSWER: 1/],
    [['+adflag', '+cdflag', ...soa], /NOERROR[\s\S]*flags: qr aa;/],
    [['+bufsize=512', ...soa], /NOERROR[\s\S]*ANSWER: 1/],
    [['+nsid', '+cookie', '+expire', ...soa], /NOERROR[\s\S]*ANSWER: 1/],
    [[DOMAIN, 'TYPE1000'], /NOERROR[\s\S]*ANSWER: 0, AUTHORITY: 1/],
    [['+opcode=15', '+noedns', '+header-only'], /opcode: RESERVED15, status: NOTIMP/],
    [['+edns=1', '+noednsneg', '+ednsopt=100', ...soa], /BADVERS/],
  ];
  for (const [args, pattern] of cases) assert.match(await ask('dig', port, ...args), pattern, args.join(' '));
});

/** Every page and the awkward names, through a resolver that asks our server. */
async function checkResolver(address: string, port: number): Promise<void> {
  const resolve = async (name: string, type: string): Promise<string> => {
    const args = [`@${address}`, '-p', String(port), '+time=10', '+tries=1', name, type];
    return (await run('dig', args)).stdout;
  };
  for (const page of PAGES) {
    const text = await resolve(page.host, 'A');
    assert.match(text, /status: NOERROR/, `${page.host}\n${text}`);
    assert.match(text, new RegExp(`\\sA\\s+${page.address.replaceAll('.', '\\.')}\n`), page.host);
  }
  for (const [name, type, pattern] of [
    [`index.html.${DOMAIN}`, 'AAAA', /2001:db8::1/],
    [`html.${DOMAIN}`, 'A', /status: NOERROR[\s\S]*ANSWER: 0/],
    [`index.html.${DOMAIN}`, 'TXT', /status: NOERROR[\s\S]*ANSWER: 0/],
    [`nothing.html.${DOMAIN}`, 'A', /status: NXDOMAIN/],
    [`home.${DOMAIN}`, 'A', /CNAME[\s\S]*192\.168\.56\.10/],
    [`a.b.wild.${DOMAIN}`, 'TXT', /"any name"/],
    [`big.${DOMAIN}`, 'TXT', /x{200}/],
  ] as const) {
    assert.match(await resolve(name, type), pattern, `${name} ${type}`);
  }
}

test('unbound resolves every page with strict QNAME minimisation and 0x20', {
  skip: skipWithout('unbound', 'unbound') || skipWithout('dig', 'bind9-dnsutils'),
}, async (t) => {
  const { server, port } = await startServer(t);
  const resolverPort = await freePort();
  const config = join(temporaryFolder(t), 'unbound.conf');
  writeFileSync(
    config,
    `server:
  interface: 127.0.0.1
  port: ${resolverPort}
  username: ""
  chroot: ""
  directory: ""
  pidfile: ""
  use-syslog: no
  logfile: ""
  verbosity: 1
  log-servfail: yes
  num-threads: 1
  do-not-query-localhost: no
  module-config: "iterator"
  qname-minimisation: yes
  qname-minimisation-strict: yes
  use-caps-for-id: yes
remote-control:
  control-enable: no
stub-zone:
  name: ${DOMAIN}
  stub-addr: 127.0.0.1@${port}
`,
  );
  const unbound = new Daemon('unbound', ['-d', '-p', '-c', config]);
  t.after(() => unbound.stop());
  await unbound.waitForReply('127.0.0.1', resolverPort, DOMAIN);
  await checkResolver('127.0.0.1', resolverPort);
  const asked = server.counters().requests.reduce((sum, { count }) => sum + count, 0);
  assert.ok(asked > PAGES.length, `${asked} queries reached the server`);
});

test('BIND resolves every page with strict QNAME minimisation', {
  skip: skipWithout('named', 'bind9') || skipWithout('dig', 'bind9-dnsutils'),
}, async (t) => {
  const { port } = await startServer(t, '127.0.0.2');
  const folder = temporaryFolder(t);
  const config = join(folder, 'named.conf');
  // named asks on the port that it listens on, and listens on addresses of interfaces only: ours is the other one.
  writeFileSync(
    config,
    `options {
  directory "${folder}";
  port ${port};
  listen-on { 127.0.0.1; };
  listen-on-v6 { none; };
  pid-file none;
  session-keyfile none;
  recursion yes;
  allow-query { any; };
  dnssec-validation no;
  qname-minimization strict;
  empty-zones-enable no;
};
controls { };
zone "${DOMAIN}" { type static-stub; server-addresses { 127.0.0.2; }; };
`,
  );
  const named = new Daemon('named', ['-g', '-n', '1', '-c', config]);
  t.after(() => named.stop());
  await named.waitForReply('127.0.0.1', port, DOMAIN);
  await checkResolver('127.0.0.1', port);
});
