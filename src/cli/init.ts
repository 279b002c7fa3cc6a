import { existsSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { Command } from 'commander';
import { fileProblem } from '../content/file-problem.js';
import { FIELD_NAMES, type FieldName, fieldOf } from './config/fields.js';
import { CONFIG_FILES, findConfig, toldBy } from './config/options.js';
import { sampleConfig } from './config/sample.js';
import { EXIT } from './exit.js';
import { systemdUnits, type UnitFile } from './init/systemd-units.js';
import type { Io } from './io.js';
import { type Refuse, reportProblems } from './options.js';
import { settingsOf } from './serve.js';
import { PACKAGE_DIR } from './version.js';

export interface InitOptions {
  readonly files: readonly UnitFile[];
  /** Where to; names of the files count from it. */
  readonly folder: string;
  /** What to do next. */
  readonly next: string;
}

/** A zone and a folder are what nobody can do without. */
const PLACEHOLDERS = { domain: 'www.example.com', site: './public' } as const;

/** `hotzone init` with its options, which are those of `hotzone serve`. */
export function initCommand(run: (options: InitOptions) => Promise<void>, refuse: Refuse): Command {
  const command = new Command('init')
    .summary('write a configuration file in which every setting is explained')
    .description(
      'Writes hotzone.yaml. The options that are given are in force in it; all others stand there as comments. ' +
        'With --systemd it writes the units of a configuration instead.',
    )
    .argument('[file]', 'the configuration', CONFIG_FILES[0])
    .option('--systemd <dir>', 'write units for systemd that run the daemon of that configuration');
  for (const name of FIELD_NAMES) command.addOption(fieldOf(name).option);
  return command.action(async (file: string, { systemd: folder }: { readonly systemd?: string }) => {
    if (folder === undefined) return run(configuration(command, file));
    const found = findConfig(command.args[0]);
    if (found === null) {
      const hint = 'name it, or write one with "hotzone init"';
      return refuse([{ where: file, message: 'there is no configuration to make units of', hint }]);
    }
    if (!found.ok) return refuse(found.problems);
    const config = resolve(found.value.file);
    const main = join(PACKAGE_DIR, 'dist', 'src', 'main.js');
    const settings = settingsOf(toldBy(found.value));
    const files = systemdUnits({ node: process.execPath, main, config, settings });
    await run({
      files,
      folder,
      next: 'the first line of each says where it belongs; then: systemctl daemon-reload',
    });
  });
}

function configuration(command: Command, file: string): InitOptions {
  const given = FIELD_NAMES.filter((name) => command.getOptionValueSource(name) === 'cli');
  const values = new Map<FieldName, unknown>(Object.entries(PLACEHOLDERS) as [FieldName, string][]);
  for (const name of given) values.set(name, forFile(name, command.getOptionValue(name), file));
  const next = `look through it, then: hotzone check --config ${file}`;
  return { files: [{ name: file, text: sampleConfig(values) }], folder: '', next };
}

/** Paths of options count from the working folder, those of the file from its own. */
function forFile(name: FieldName, value: unknown, file: string): unknown {
  const field = fieldOf(name);
  const isBeside = dirname(resolve(file)) === process.cwd();
  return isBeside ? value : field.schema(process.cwd()).parse(field.write(value));
}

/** Writes files that are not there yet, or none of them; resolves to the exit code. */
export async function init({ files, folder, next }: InitOptions, io: Io): Promise<number> {
  const wanted = files.map(({ name, text }) => ({ file: folder === '' ? name : join(folder, name), text }));
  const there = wanted.filter(({ file }) => existsSync(file));
  if (there.length > 0) {
    const message = 'is there already, and is not written over';
    const problems = there.map(({ file }) => ({ where: file, message, hint: 'name another place' }));
    return reportProblems('init', problems, io);
  }
  try {
    for (const { file, text } of wanted) writeFileSync(file, text, { flag: 'wx' });
  } catch (error) {
    return reportProblems('init', [fileProblem(folder === '' ? (wanted[0]?.file ?? '') : folder, error)], io);
  }
  io.stdout.write(`wrote ${wanted.map(({ file }) => file).join(', ')}; ${next}\n`);
  return EXIT.fine;
}
