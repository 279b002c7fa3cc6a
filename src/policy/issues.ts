import { z } from 'zod';
import type { Problem } from '../problem.js';
import { didYouMean } from './did-you-mean.js';
import { NOT_YET } from './fields.js';
import { quote } from './printable.js';
import type { Path, YamlDocument } from './yaml-document.js';

/** Says what a schema found wrong with a document, in the operator's words and with the place in the file; `whole`: what a document is. */
export function explainIssue(
  schema: z.ZodType,
  document: YamlDocument,
  file: string,
  issue: z.core.$ZodIssue,
  whole = 'a policy',
): readonly Problem[] {
  const { path } = issue;
  if (issue.code === 'invalid_union') {
    // Its last form is a map, the others are single values.
    const branch = isMapping(valueAt(document, path)) ? issue.errors.at(-1) : issue.errors[0];
    return (branch ?? []).flatMap((inner) =>
      explainIssue(schema, document, file, { ...inner, path: [...path, ...inner.path] }, whole),
    );
  }
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => unknownKey(schema, document, file, [...path, key]));
  return [badValue(document, file, issue, whole)];
}

/** `metric.target`, `placement[0].driver`. */
export function formatPath(path: Path): string {
  return path
    .map((step, index) =>
      typeof step === 'number' ? `[${step}]` : `${index === 0 ? '' : '.'}${String(step)}`,
    )
    .join('');
}

function unknownKey(schema: z.ZodType, document: YamlDocument, file: string, path: Path): Problem {
  const parent = path.slice(0, -1);
  const key = String(path.at(-1));
  const known = knownKeys(fieldAt(schema, parent));
  const meant = didYouMean(key, known);
  const within = parent.length === 0 ? '' : ` in ${formatPath(parent)}`;
  return {
    ...at(document, file, path, 'key'),
    message: `unknown key ${quote(key)}${within}`,
    hint: meant === undefined ? `known here are ${known.join(', ')}` : `did you mean "${meant}"?`,
  };
}

function badValue(document: YamlDocument, file: string, issue: z.core.$ZodIssue, whole: string): Problem {
  const { path, message } = issue;
  const value = valueAt(document, path);
  const subject = path.length === 0 ? whole : `"${formatPath(path)}"`;
  if (message === NOT_YET) {
    const byValue = issue.code === 'invalid_value';
    return {
      ...at(document, file, path, byValue ? 'value' : 'key'),
      message: `this version does not do ${byValue ? `${subject}: ${show(value)}` : subject} yet`,
      hint: byValue ? `it does ${issue.values.map(String).join(', ')}` : 'leave it out',
    };
  }
  if (!document.locate(path).found)
    return { ...at(document, file, path), message: `${subject} is missing: expected ${message}` };
  const meant = wordMeant(issue, value);
  return {
    ...at(document, file, path),
    message: `${subject} is ${show(value)}: expected ${message}`,
    ...(meant === undefined ? {} : { hint: `did you mean "${meant}"?` }),
  };
}

function wordMeant(issue: z.core.$ZodIssue, value: unknown): string | undefined {
  if (issue.code === 'custom') return issue.params?.meant as string | undefined;
  if (issue.code !== 'invalid_value' || typeof value !== 'string') return undefined;
  return didYouMean(value, issue.values.map(String));
}

function at(document: YamlDocument, file: string, path: Path, part?: 'key' | 'value') {
  const { line, column } = document.locate(path, part);
  return { where: file, line, column };
}

/** The schema of the value at `path`, through defaults, lists and unions; `undefined` where there is none. */
function fieldAt(schema: unknown, path: Path): unknown {
  const field = unwrap(schema);
  const [step, ...rest] = path;
  if (step === undefined) return field;
  if (field instanceof z.ZodArray) return fieldAt(field.element, rest);
  return field instanceof z.ZodObject ? fieldAt(field.shape[String(step)], rest) : undefined;
}

function unwrap(schema: unknown): unknown {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault)
    return unwrap(schema.unwrap());
  return schema instanceof z.ZodUnion ? unwrap(schema.options.at(-1)) : schema;
}

/** Keys that this version does not do are known too, but nobody should be sent there. */
function knownKeys(field: unknown): readonly string[] {
  if (!(field instanceof z.ZodObject)) return [];
  return Object.keys(field.shape).filter((key) => !(unwrap(field.shape[key]) instanceof z.ZodUndefined));
}

function valueAt(document: YamlDocument, path: Path): unknown {
  let value = document.value;
  for (const step of path) {
    if (!(isMapping(value) || Array.isArray(value)) || !Object.hasOwn(value, step)) return undefined;
    value = (value as Readonly<Record<PropertyKey, unknown>>)[step];
  }
  return value;
}

function isMapping(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function show(value: unknown): string {
  if (value === null) return 'empty';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return typeof value === 'string' ? quote(value) : typeof value === 'object' ? 'a map' : String(value);
}
