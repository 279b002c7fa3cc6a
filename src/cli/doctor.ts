import { existsSync } from 'node:fs';
import { rmdir } from 'node:fs/promises';
import { Command } from 'commander';
import { formatProblem } from '../problem.js';
import { parseAddressPool } from '../scale/address-pool.js';
import { QEMU_FIELDS, XEN_FIELDS } from './config/fields.js';
import { readOptions, withFields } from './config/options.js';
import { type Configured, examineConfigured } from './doctor/configured.js';
import type { Finding } from './doctor/finding.js';
import { examineHost } from './doctor/host.js';
import { examineMachines } from './doctor/machines.js';
import { examineXen } from './doctor/xen.js';
import { driverDirs, type UsableDriver } from './drivers.js';
import { EXIT } from './exit.js';
import type { Io } from './io.js';
import type { Refuse } from './options.js';
import { type QemuSettings, qemuSettings } from './qemu-settings.js';
import { formatTable } from './table.js';
import { type XenSettings, xenSettings } from './xen-settings.js';

export interface DoctorOptions {
  readonly pool: readonly string[];
  readonly httpPort: number;
  readonly stateDir: string;
  readonly qemu: QemuSettings;
  readonly xen: XenSettings;
  /** Null: nobody has said what shall run here. */
  readonly configured: Configured | null;
  readonly json: boolean;
}

const SHARED = [
  'listen',
  'admin',
  'policy',
  'pool',
  'httpPort',
  'state',
  ...QEMU_FIELDS,
  ...XEN_FIELDS,
] as const;

/** `hotzone doctor` with its options. */
export function doctorCommand(run: (options: DoctorOptions) => Promise<void>, refuse: Refuse): Command {
  const command = new Command('doctor')
    .summary('what this host can run, and what would mend what it cannot')
    .description(
      'Looks at programs, addresses and permissions, and boots the page kernel once. ' +
        'Exit code 0 if what the configuration names can run here or, without one, replicas as processes.',
    )
    .option('--json', 'a report for scripts', false);
  return withFields(command, SHARED).action(async ({ json }) => {
    const told = readOptions(command, SHARED);
    if (!told.ok) return refuse(told.problems);
    const { values } = told.value;
    const { pool, httpPort, state: stateDir, policy, listen, admin } = values;
    const { config } = told.value;
    const configured = config && { file: config.file, policies: policy, listen: [...listen, admin] };
    await run({
      pool,
      httpPort,
      json,
      stateDir,
      configured,
      qemu: qemuSettings(values),
      xen: xenSettings(values),
    });
  });
}

/** Says what this host has and lacks; resolves to the exit code. */
export async function doctor(options: DoctorOptions, io: Io): Promise<number> {
  const pool = parseAddressPool(options.pool, '--pool');
  if (!pool.ok) {
    for (const problem of pool.problems) io.stderr.write(`hotzone doctor: ${formatProblem(problem)}\n`);
    return EXIT.usage;
  }
  const { stateDir, httpPort: port, qemu, xen } = options;
  const wasThere = existsSync(stateDir);
  const settings = { stateDir, port, pool: pool.value, qemu, xen, onChoice: () => {} };
  const host = await examineHost(settings);
  const machines = await examineMachines(settings);
  const domains = await examineXen(settings);
  if (!wasThere) await removeEmpty([...driverDirs(stateDir), stateDir]);
  const configured = options.configured && (await examineConfigured(options.configured));
  const findings = [...(configured?.findings ?? []), ...host, ...machines.findings, ...domains.findings];
  const drivers: Readonly<Record<UsableDriver, boolean>> = {
    process: host.every(({ state }) => state !== 'missing'),
    qemu: machines.able,
    xl: domains.able,
  };
  io.stdout.write(
    options.json ? `${JSON.stringify({ drivers, findings }, null, 2)}\n` : report(findings, drivers),
  );
  const isWhole = configured?.findings.every(({ state }) => state !== 'missing') ?? drivers.process;
  const lacks = [...(configured?.drivers ?? [])].filter(
    (name) => !(drivers as Readonly<Record<string, boolean>>)[name],
  );
  return isWhole && lacks.length === 0 ? EXIT.fine : EXIT.problems;
}

/** What was made to see whether it can be made. */
async function removeEmpty(folders: readonly string[]): Promise<void> {
  for (const folder of folders) await rmdir(folder).catch(() => {});
}

/** Lines are not cut: what is wrong often stands at their end. */
function report(findings: readonly Finding[], drivers: Readonly<Record<UsableDriver, boolean>>): string {
  const rows = findings.map(({ what, state, detail }) => [what, state === 'unused' ? '-' : state, detail]);
  const fixes = findings.flatMap(({ what, fix }) => (fix === null ? [] : [[what, fix]]));
  const can = Object.entries(drivers).map(([name, able]) => `${name} ${able ? 'yes' : 'no'}`);
  return [
    formatTable([{ title: 'WHAT' }, { title: 'STATE' }, { title: 'FOUND' }], rows),
    ...(fixes.length === 0 ? [] : ['\n', formatTable([{ title: 'WHAT' }, { title: 'TO MEND IT' }], fixes)]),
    `\nreplicas can run as: ${can.join(', ')}\n`,
  ].join('');
}
