/**
 * Runs the benches: `node dist/test/bench/run.js [--json] [FILTER]`.
 *
 * One line a figure, or with --json one document. A goal that is missed is no failure, since machines are busy and
 * slow; a bench that cannot run is.
 */
import { readdirSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { type Bench, type Figure, formatFigure, isMet } from './figure.js';

const args = process.argv.slice(2);
const isJson = args.includes('--json');
const filter = args.find((arg) => !arg.startsWith('--')) ?? '';

/** The benches of all modules of this folder whose file or bench name has the filter in it. */
async function collect(): Promise<readonly Bench[]> {
  const folder = new URL('.', import.meta.url);
  const own = import.meta.url.slice(folder.href.length);
  const files = readdirSync(folder).filter(
    (file) => file.endsWith('.js') && file !== own && !isProgram(file),
  );
  const modules = await Promise.all(
    files.sort().map(async (file) => ({
      file,
      ...((await import(new URL(file, folder).href)) as { readonly figures?: readonly Bench[] }),
    })),
  );
  return modules.flatMap(({ file, figures = [] }) =>
    figures.filter(({ name }) => file.includes(filter) || name.includes(filter)),
  );
}

/** A file that is run in a process of its own, and does something when it is imported. */
function isProgram(file: string): boolean {
  return file.endsWith('-process.js');
}

function print(line: string): void {
  if (!isJson) process.stdout.write(`${line}\n`);
}

function printMachine(): void {
  const load = loadavg().map((value) => value.toFixed(2));
  print(
    `${cpus().length} x ${cpus()[0]?.model.trim()}, Node.js ${process.version}, load average ${load.join(' ')}`,
  );
}

const benches = await collect();
const measured: (Figure & {
  readonly bench: string;
  readonly met: boolean | null;
  readonly loadAverage: number;
})[] = [];
const failures: { readonly bench: string; readonly error: string }[] = [];
printMachine();
for (const bench of benches) {
  try {
    const [loadAverage = 0] = loadavg();
    for (const figure of await bench.run()) {
      measured.push({ bench: bench.name, ...figure, met: isMet(figure), loadAverage });
      print(formatFigure(figure));
    }
  } catch (error) {
    const why = error instanceof Error ? (error.stack ?? error.message) : String(error);
    failures.push({ bench: bench.name, error: why });
    process.stderr.write(`${bench.name}: cannot be run: ${why}\n`);
  }
}
printMachine();
if (isJson) {
  const machine = {
    cpus: cpus().length,
    model: cpus()[0]?.model.trim(),
    node: process.version,
    loadAverage: loadavg(),
  };
  process.stdout.write(`${JSON.stringify({ machine, figures: measured, failures }, null, 2)}\n`);
}
if (benches.length === 0) process.stderr.write(`no bench has "${filter}" in its name\n`);
process.exitCode = failures.length > 0 || benches.length === 0 ? 1 : 0;
