import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { execa } from 'execa';
import { readTraceFile } from '../../src/content/trace-file.js';
import { formatProblem } from '../../src/problem.js';
import type { TraceFormat } from '../../src/trace/text-log.js';
import { Daemon, freePort } from '../helpers/daemon.js';
import { openFrameStreamSink } from '../helpers/frame-stream-sink.js';
import { skipWithout } from '../helpers/program.js';

const ZONE = 'www.example.test';
const ZONE_FILE = `$TTL 30
@ SOA ns1 hostmaster 1 1h 10m 2w 10
  NS ns1
ns1 A 127.0.0.1
a A 192.0.2.1
b A 192.0.2.2
`;
/** What is asked, in this order. The second name is written in capitals, and the third is none of the zone. */
const ASKED = [
  [`a.${ZONE}`, 'A'],
  [`B.${ZONE.toUpperCase()}`, 'AAAA'],
  [`nothing.${ZONE}`, 'HTTPS'],
] as const;

// Times without a zone are read as UTC.
process.env.TZ = 'UTC';

/** A name server that is started in a folder, and the log that it leaves there. */
interface Subject {
  readonly name: string;
  readonly program: string;
  readonly apt: string;
  readonly format: TraceFormat;
  /** Why it cannot be run although the program is there. */
  readonly lacks?: string | false;
  start(folder: string, port: number, t: TestContext): Daemon | Promise<Daemon>;
}

const named = (name: string, format: TraceFormat, options: string): Subject => ({
  name,
  program: 'named',
  apt: 'bind9',
  format,
  start(folder, port) {
    writeFileSync(
      join(folder, 'named.conf'),
      `options { directory "${folder}"; listen-on port ${port} { 127.0.0.1; }; listen-on-v6 { none; };
  pid-file none; session-keyfile none; recursion no; dnssec-validation no; ${format === 'dnstap' ? options : ''} };
${format === 'dnstap' ? '' : `logging { channel q { file "${folder}/log"; ${options} }; category queries { q; }; };`}
controls { };
zone "${ZONE}" { type master; file "${folder}/zone"; };
`,
    );
    return new Daemon('named', ['-f', '-n', '1', '-c', join(folder, 'named.conf')]);
  },
});

const SUBJECTS: readonly Subject[] = [
  named('BIND', 'bind', 'print-time yes; print-category yes; print-severity yes;'),
  named('BIND with ISO times', 'bind', 'print-time iso8601-utc;'),
  {
    ...named('BIND with dnstap', 'dnstap', ''),
    start(folder, port, t) {
      const options = `dnstap { auth; }; dnstap-output file "${folder}/log"; dnstap-identity none;`;
      return named('', 'dnstap', options).start(folder, port, t);
    },
  },
  {
    name: 'NSD with dnstap',
    program: 'nsd',
    apt: 'nsd',
    format: 'dnstap',
    async start(folder, port, t) {
      const sink = await openFrameStreamSink(join(folder, 'tap'), join(folder, 'log'));
      t.after(() => sink.close());
      writeFileSync(
        join(folder, 'nsd.conf'),
        `server:
  ip-address: 127.0.0.1@${port}
  username: ""
  chroot: ""
  database: ""
  zonesdir: "${folder}"
  pidfile: "${folder}/nsd.pid"
  xfrdfile: "${folder}/xfrd.state"
  zonelistfile: "${folder}/nsd.list"
  server-count: 1
remote-control:
  control-enable: no
dnstap:
  dnstap-enable: yes
  dnstap-socket-path: "${folder}/tap"
  dnstap-log-auth-query-messages: yes
zone:
  name: ${ZONE}
  zonefile: zone
`,
      );
      return new Daemon('nsd', ['-d', '-c', join(folder, 'nsd.conf')]);
    },
  },
  {
    name: 'Knot with dnstap',
    program: 'knotd',
    apt: 'knot',
    format: 'dnstap',
    lacks: existsSync('/usr/lib/x86_64-linux-gnu/knot/modules-3.2/dnstap.so')
      ? false
      : "needs Knot's module dnstap: apt install knot-module-dnstap",
    start(folder, port) {
      mkdirSync(join(folder, 'knot'));
      writeFileSync(
        join(folder, 'knot.conf'),
        `server:
  listen: 127.0.0.1@${port}
  rundir: ${folder}/knot
mod-dnstap:
  - id: default
    sink: ${folder}/log
    log-queries: on
    log-responses: on
template:
  - id: default
    storage: ${folder}/knot
    global-module: mod-dnstap/default
database:
  storage: ${folder}/knot
zone:
  - domain: ${ZONE}
    file: ${folder}/zone
`,
      );
      return new Daemon('knotd', ['-c', join(folder, 'knot.conf')]);
    },
  },
  {
    name: 'unbound',
    program: 'unbound',
    apt: 'unbound',
    format: 'unbound',
    start(folder, port) {
      writeFileSync(
        join(folder, 'unbound.conf'),
        `server:
  interface: 127.0.0.1
  port: ${port}
  username: ""
  chroot: ""
  directory: ""
  pidfile: ""
  use-syslog: no
  logfile: "${folder}/log"
  log-queries: yes
  num-threads: 1
  module-config: "iterator"
  local-zone: "${ZONE}." static
  local-data: "a.${ZONE}. A 192.0.2.1"
remote-control:
  control-enable: no
`,
      );
      return new Daemon('unbound', ['-d', '-c', join(folder, 'unbound.conf')]);
    },
  },
  ...(['--log-queries', '--log-queries=extra'] as const).map(
    (option): Subject => ({
      name: `dnsmasq ${option}`,
      program: 'dnsmasq',
      apt: 'dnsmasq-base',
      format: 'dnsmasq',
      start: (folder, port) =>
        new Daemon('dnsmasq', [
          ...['--keep-in-foreground', `--port=${port}`, '--listen-address=127.0.0.1', '--bind-interfaces'],
          ...['--conf-file=/dev/null', '--pid-file=', '--user=root', '--no-resolv', '--no-hosts'],
          ...[option, `--log-facility=${folder}/log`, `--address=/a.${ZONE}/192.0.2.1`, `--local=/${ZONE}/`],
        ]),
    }),
  ),
];

for (const subject of SUBJECTS) {
  const skip =
    skipWithout(subject.program, subject.apt) ||
    skipWithout('dig', 'bind9-dnsutils') ||
    (subject.lacks ?? false);

  test(`what ${subject.name} writes down is read`, { skip }, async (t) => {
    const folder = temporaryFolder(t);
    writeFileSync(join(folder, 'zone'), ZONE_FILE);
    const port = await freePort();
    const before = Date.now();
    const server = await subject.start(folder, port, t);
    t.after(() => server.stop());
    await server.waitForReply('127.0.0.1', port, ZONE);
    for (const [name, type] of ASKED)
      await execa('dig', ['@127.0.0.1', '-p', String(port), '+time=5', '+tries=1', name, type]);
    await server.stop();

    const found = await readTraceFile(join(folder, 'log'), null);
    assert.ok(found.ok, found.ok ? '' : found.problems.map(formatProblem).join('\n'));
    const { format, trace } = found.value;
    assert.equal(format, subject.format);
    assert.deepEqual(trace.notes.examples, []);
    const read = [...trace.times.keys()].map((row) => ({
      at: trace.times[row] ?? 0,
      source: trace.sources[trace.sourceOf[row] ?? -1],
      what: `${trace.names[trace.nameOf[row] ?? -1]} ${trace.types[trace.typeOf[row] ?? -1]}`,
    }));
    // The queries by which the test found out that the server answers are in the log as well.
    const asked = read.filter(({ what }) => what !== `${ZONE} SOA`);
    assert.deepEqual(
      asked.map(({ what }) => what),
      ASKED.map(([name, type]) => `${name.toLowerCase()} ${type}`),
    );
    for (const { at, source } of asked) {
      assert.equal(source, '127.0.0.1');
      assert.ok(at >= before - 1_000 && at <= Date.now() + 1_000, `${new Date(at).toISOString()}`);
    }
  });
}

function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'hotzone-logs-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
