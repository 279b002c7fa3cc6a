import {
  type Document,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseAllDocuments,
  visit,
} from 'yaml';
import type { Problem } from '../problem.js';
import { printable, quote } from './printable.js';

/** A policy is a page long; a thousand of them still fit. */
export const MAX_YAML_CHARACTERS = 1_048_576;

/** Syntax errors breed more of their kind; of each document these many are told. */
const MAX_FAULTS = 10;
const TOO_DEEP = 'is nested too deeply';

export type Path = readonly PropertyKey[];

export interface Place {
  readonly line: number;
  readonly column: number;
  /** False if the path is not in the file; the place is then that of the nearest thing around it. */
  readonly found: boolean;
}

/** One document of a YAML file: its plain value, and where each part of it stands. */
export interface YamlDocument {
  readonly value: unknown;
  /** Where the value at `path` begins, or with `part` `key` the key that names it. */
  locate(path: Path, part?: 'key' | 'value'): Place;
}

export interface YamlReading {
  /** Those that have the shape of data; empty ones are left out. */
  readonly documents: readonly YamlDocument[];
  readonly problems: readonly Problem[];
}

/** Reads all documents of a file. It never throws: what is not YAML is a problem with its line. */
export function readYaml(text: string, file: string): YamlReading {
  if (text.length > MAX_YAML_CHARACTERS)
    return refuse(file, `is too large: expected at most ${MAX_YAML_CHARACTERS} characters`);
  try {
    return readDocuments(text, file);
  } catch (error) {
    // Parser and visitor call themselves for each level, so a file of brackets exhausts the stack.
    if (error instanceof RangeError) return refuse(file, TOO_DEEP);
    throw error;
  }
}

function refuse(where: string, message: string): YamlReading {
  return { documents: [], problems: [{ where, message }] };
}

function readDocuments(text: string, file: string): YamlReading {
  const lines = new LineCounter();
  const documents: YamlDocument[] = [];
  const problems: Problem[] = [];
  for (const document of parseAllDocuments(text, {
    lineCounter: lines,
    prettyErrors: false,
    logLevel: 'error',
    uniqueKeys: false,
  })) {
    const faults = faultsOf(document);
    for (const { offset, message } of faults.slice(0, MAX_FAULTS)) {
      const { line, col } = lines.linePos(offset);
      problems.push({ where: file, line, column: col, message });
    }
    const readable = faults.every(({ spoils }) => !spoils);
    if (readable && !isEmpty(document)) documents.push(open(document, lines));
  }
  return { documents, problems };
}

interface Fault {
  readonly offset: number;
  readonly message: string;
  /** The document's value cannot be trusted any more. */
  readonly spoils: boolean;
}

function faultsOf(document: Document): readonly Fault[] {
  const faults: Fault[] = [...document.errors, ...document.warnings].map((error) => ({
    offset: error.pos[0],
    message: `not valid YAML: ${printable(error.message)}`,
    spoils: true,
  }));
  const deep = faults.find(({ message }) => message.includes('call stack'));
  if (deep !== undefined) return [{ ...deep, message: TOO_DEEP }];
  visit(document, {
    // One anchor used in another nine times over makes gigabytes of a few lines, and no file here needs one.
    Alias: (_, node) => {
      faults.push({
        offset: offsetOf(node),
        message: 'aliases (*name) are not read',
        spoils: true,
      });
    },
    Map: (_, { items }) => {
      faults.push(...keyFaults(items.map(({ key }) => key)));
    },
  });
  return faults;
}

function keyFaults(keys: readonly unknown[]): readonly Fault[] {
  const faults: Fault[] = [];
  const seen = new Set<string>();
  for (const key of keys) {
    const offset = offsetOf(key);
    if (!isScalar(key) || typeof key.value !== 'string')
      faults.push({ offset, message: 'expected a word as key', spoils: true });
    else if (seen.has(key.value))
      faults.push({ offset, message: `the key ${quote(key.value)} is here twice`, spoils: false });
    else seen.add(key.value);
  }
  return faults;
}

function isEmpty(document: Document): boolean {
  const { contents } = document;
  return contents === null || (isScalar(contents) && contents.value === null);
}

function open(document: Document, lines: LineCounter): YamlDocument {
  return {
    value: document.toJS(),
    locate(path, part = 'value') {
      let node: unknown = document.contents;
      let offset = offsetOf(node);
      for (const step of path) {
        const next = child(node, step);
        if (next === undefined) return place(lines, offset, false);
        node = next.value;
        offset = part === 'key' || node === null ? next.keyOffset : offsetOf(node);
      }
      return place(lines, offset, true);
    },
  };
}

function child(node: unknown, step: PropertyKey): { value: unknown; keyOffset: number } | undefined {
  if (isSeq(node)) {
    const item = node.items[Number(step)];
    return item === undefined ? undefined : { value: item, keyOffset: offsetOf(item) };
  }
  if (!isMap(node)) return undefined;
  const pair = node.items.find(({ key }) => isScalar(key) && key.value === step);
  return pair === undefined ? undefined : { value: pair.value, keyOffset: offsetOf(pair.key) };
}

function offsetOf(node: unknown): number {
  return (node as Partial<Node> | null)?.range?.[0] ?? 0;
}

function place(lines: LineCounter, offset: number, found: boolean): Place {
  const { line, col } = lines.linePos(offset);
  return { line, column: col, found };
}
