import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { z } from 'zod';
import { fileProblem } from '../../content/file-problem.js';
import { only, settings } from '../../policy/fields.js';
import { explainIssue } from '../../policy/issues.js';
import { readYaml, type YamlDocument } from '../../policy/yaml-document.js';
import type { Parsed, Problem } from '../../problem.js';
import { FIELD_NAMES, type FieldName, fieldOf } from './fields.js';

/** What a configuration file says: values as the options' own, and where each stands. */
export interface ConfigFile {
  readonly file: string;
  readonly values: ReadonlyMap<FieldName, unknown>;
  /** The place of a setting that the file has. */
  place(name: FieldName): Pick<Problem, 'where' | 'line' | 'column'>;
}

const SECTIONS: ReadonlySet<string> = new Set(
  FIELD_NAMES.flatMap((name) => fieldOf(name).key.match(/^.+(?=\.)/) ?? []),
);

/** Reads and checks a file whole; either all of it or every problem. */
export function readConfigFile(file: string): Parsed<ConfigFile> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    return { ok: false, problems: [fileProblem(file, error)] };
  }
  return parseConfig(text, file);
}

/** `file` is named in problems, and its folder is where the paths in it count from. */
export function parseConfig(text: string, file: string): Parsed<ConfigFile> {
  const { documents, problems } = readYaml(text, file);
  const [document, ...more] = documents;
  if (problems.length > 0) return { ok: false, problems };
  if (document === undefined || more.length > 0) {
    const message = document === undefined ? 'says nothing' : 'holds more than one document (---)';
    return refuse(file, message, 'expected one map of settings, such as "hotzone init" writes');
  }
  const schema = schemaOf(dirname(resolve(file)));
  const form = schema.safeParse(withoutEmptySections(document.value));
  if (!form.success)
    return {
      ok: false,
      problems: form.error.issues.flatMap((issue) =>
        explainIssue(schema, document, file, issue, 'a configuration'),
      ),
    };
  return { ok: true, value: opened(document, form.data, file) };
}

/** A section whose keys are all commented out says nothing. */
function withoutEmptySections(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value).filter(([key, part]) => part !== null || !SECTIONS.has(key)),
  );
}

function opened(document: YamlDocument, data: unknown, file: string): ConfigFile {
  const found = FIELD_NAMES.map((name) => [name, valueAt(data, pathOf(name))] as const);
  return {
    file,
    values: new Map(found.filter(([, value]) => value !== undefined)),
    place: (name) => {
      const { line, column } = document.locate(pathOf(name));
      return { where: file, line, column };
    },
  };
}

function pathOf(name: FieldName): readonly string[] {
  return fieldOf(name).key.split('.');
}

function valueAt(data: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (value, step) => (value as Readonly<Record<string, unknown>> | undefined)?.[step],
    data,
  );
}

/** The keys of the table as nested maps. */
function schemaOf(folder: string): z.ZodType {
  const sections = new Map<string, Record<string, z.ZodType>>();
  const top: Record<string, z.ZodType> = { version: only(1) };
  for (const name of FIELD_NAMES) {
    const field = fieldOf(name);
    const [section = '', key] = field.key.split('.');
    const schema = field.schema(folder).optional();
    if (key === undefined) {
      top[section] = schema;
      continue;
    }
    const shape = sections.get(section) ?? {};
    shape[key] = schema;
    sections.set(section, shape);
  }
  for (const [section, shape] of sections) top[section] = settings(shape).optional();
  return settings(top);
}

function refuse(where: string, message: string, hint: string): Parsed<never> {
  return { ok: false, problems: [{ where, message, hint }] };
}
