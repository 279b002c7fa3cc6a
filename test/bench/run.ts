/**
 * Runs the benches: `node dist/test/bench/run.js [--json] [FILTER]`.
 *
 * One line a figure, or with --json one document. A goal that is missed is no failure, since machines are busy and
 * slow; a bench that cannot run is.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { type Bench, type Figure, formatFigure, isMet } from './figure.js';

const args = process.argv.slice(2);
const isJson = args.includes('--json');
const filter = args.find((arg) => !arg.startsWith('--')) ?? '';

const PROGRAM = fileURLToPath(new URL('bench-process.js', import.meta.url));

interface Found {
  readonly file: string;
  readonly name: string;
}

/** The benches of all modules of this folder whose file or bench name has the filter in it. */
async function collect(): Promise<readonly Found[]> {
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
    figures
      .map(({ name }) => ({ file, name }))
      .filter(({ name }) => file.includes(filter) || name.includes(filter)),
  );
}

/** A file that is run in a process of its own, and does something when it is imported. */
function isProgram(file: string): boolean {
  return file.endsWith('-process.js');
}

/**
 * In a process of its own, for what one bench leaves behind, in the heap and in what V8 has learnt of the types, was
 * seen to make the next one twice as slow.
 */
async function measure({ file, name }: Found): Promise<readonly Figure[]> {
  const child = fork(PROGRAM, [file, name], { serialization: 'advanced' });
  let figures: readonly Figure[] | undefined;
  child.on('message', (message: readonly Figure[]) => {
    figures = message;
  });
  const [[code, signal]] = await Promise.all([once(child, 'exit'), once(child, 'disconnect')]);
  if (code === 0 && figures !== undefined) return figures;
  throw new Error(`its process ended with ${signal ?? `code ${code}`}`);
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
    for (const figure of await measure(bench)) {
      measured.push({ bench: bench.name, ...figure, met: isMet(figure), loadAverage });
      print(formatFigure(figure));
    }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
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
