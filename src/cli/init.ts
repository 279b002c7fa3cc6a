import { writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { Command } from 'commander';
import { fileProblem } from '../content/file-problem.js';
import { FIELD_NAMES, type FieldName, fieldOf } from './config/fields.js';
import { sampleConfig } from './config/sample.js';
import { EXIT } from './exit.js';
import type { Io } from './io.js';
import { reportProblems } from './options.js';

export interface InitOptions {
  readonly file: string;
  /** What is to be in force; the rest is written as comments. */
  readonly values: ReadonlyMap<FieldName, unknown>;
}

/** A zone and a folder are what nobody can do without. */
const PLACEHOLDERS = { domain: 'www.example.com', site: './public' } as const;

/** `hotzone init` with its options, which are those of `hotzone serve`. */
export function initCommand(run: (options: InitOptions) => Promise<void>): Command {
  const command = new Command('init')
    .summary('write a configuration file in which every setting is explained')
    .description(
      'Writes hotzone.yaml. The options that are given are in force in it; all others stand there as comments.',
    )
    .argument('[file]', 'where to', 'hotzone.yaml');
  for (const name of FIELD_NAMES) command.addOption(fieldOf(name).option);
  return command.action(async (file) => {
    const given = FIELD_NAMES.filter((name) => command.getOptionValueSource(name) === 'cli');
    const values = new Map<FieldName, unknown>(Object.entries(PLACEHOLDERS) as [FieldName, string][]);
    for (const name of given) values.set(name, forFile(name, command.getOptionValue(name), file));
    await run({ file, values });
  });
}

/** Paths of options count from the working folder, those of the file from its own. */
function forFile(name: FieldName, value: unknown, file: string): unknown {
  const field = fieldOf(name);
  const isBeside = dirname(resolve(file)) === process.cwd();
  return isBeside ? value : field.schema(process.cwd()).parse(field.write(value));
}

/** Writes a file that is not there yet; resolves to the exit code. */
export async function init({ file, values }: InitOptions, io: Io): Promise<number> {
  try {
    writeFileSync(file, sampleConfig(values), { flag: 'wx' });
  } catch (error) {
    const isThere = (error as NodeJS.ErrnoException).code === 'EEXIST';
    const problem = isThere
      ? { where: file, message: 'is there already, and is not written over', hint: 'name another file' }
      : fileProblem(file, error);
    return reportProblems('init', [problem], io);
  }
  io.stdout.write(`wrote ${file}; look through it, then: hotzone check --config ${file}\n`);
  return EXIT.fine;
}
