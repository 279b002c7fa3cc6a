import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import type { Parsed, Problem } from '../../problem.js';
import { type ConfigFile, readConfigFile } from './config-file.js';
import { FIELD_NAMES, type FieldName, fieldOf, type Values } from './fields.js';

/** Where the file is looked for that nobody has named. */
export const CONFIG_FILES = ['hotzone.yaml', '/etc/hotzone/hotzone.yaml'] as const;

/** What a command was told: by options, which win, by the file, or else by defaults. */
export interface Told<K extends FieldName> {
  readonly values: Values<K>;
  /** Null: there is none. */
  readonly config: ConfigFile | null;
  /** Has problems that name an option name the file's line instead, where the file has said it. */
  locate(problems: readonly Problem[]): readonly Problem[];
}

/** Adds the options of these settings, and the one that names the file. */
export function withFields(command: Command, names: readonly FieldName[]): Command {
  for (const name of names) command.addOption(fieldOf(name).option);
  return withConfigOption(command);
}

export function withConfigOption(command: Command): Command {
  const files = CONFIG_FILES.map((file, index) => (index === 0 ? `./${file}` : file)).join(' or ');
  return command.option('--config <file>', `the configuration; ${files} unless given, where there is one`);
}

/**
 * The settings of a command that was called. Ends the program as commander does for a missing option where one of
 * `required` is said nowhere.
 */
export function readOptions<K extends FieldName>(
  command: Command,
  names: readonly K[],
  required: readonly K[] = [],
): Parsed<Told<K>> {
  const given = command.opts<{ readonly config?: string }>().config;
  const found = findConfig(given);
  if (found !== null && !found.ok) return found;
  const config = found?.value ?? null;
  const fromFile = new Set<FieldName>();
  const values: Partial<Record<K, unknown>> = {};
  for (const name of names) {
    const isGiven = command.getOptionValueSource(name) === 'cli';
    if (!isGiven && config?.values.has(name)) fromFile.add(name);
    values[name] = fromFile.has(name) ? config?.values.get(name) : command.getOptionValue(name);
  }
  for (const name of required) {
    if (values[name] !== undefined) continue;
    const { option, key } = fieldOf(name);
    const file = config === null ? 'no configuration file has it' : `${config.file} has no "${key}"`;
    command.error(`error: required option '${option.flags}' not specified, and ${file}`);
  }
  return {
    ok: true,
    value: {
      values: values as Values<K>,
      config,
      locate: (problems) => problems.map((problem) => located(problem, config, fromFile)),
    },
  };
}

/** What a file says with nothing on the command line. */
export function toldBy(config: ConfigFile): Told<FieldName> {
  const values = FIELD_NAMES.map((name) => [
    name,
    config.values.get(name) ?? fieldOf(name).fallback ?? undefined,
  ]);
  const fromFile = new Set(config.values.keys());
  return {
    values: Object.fromEntries(values) as Values<FieldName>,
    config,
    locate: (problems) => problems.map((problem) => located(problem, config, fromFile)),
  };
}

/** Null where none was named and none is there. */
export function findConfig(given: string | undefined): Parsed<ConfigFile> | null {
  const file = given ?? CONFIG_FILES.find((name) => existsSync(name));
  return file === undefined ? null : readConfigFile(file);
}

function located(problem: Problem, config: ConfigFile | null, fromFile: ReadonlySet<FieldName>): Problem {
  const name = [...fromFile].find((known) => fieldOf(known).option.long === problem.where);
  if (name === undefined || config === null) return problem;
  return { ...problem, ...config.place(name), message: `"${fieldOf(name).key}": ${problem.message}` };
}
