import { readdir, readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type PolicyFile, type PolicyReading, readPolicies } from '../policy/parse.js';
import type { Parsed, Problem } from '../problem.js';
import { fileProblem } from './file-problem.js';

const MAX_FILES = 1_000;
const MAX_BYTES = 4 * 1_048_576;
/** What was found at the paths, in the order in which they were given; within a folder by name. */
export interface PolicyFiles {
  readonly files: readonly PolicyFile[];
  readonly problems: readonly Problem[];
}

/**
 * Reads policy files from files and folders. A folder stands for its `*.yaml` and `*.yml`, those excepted that begin
 * with a dot, which are editors' own. What cannot be read is a problem, never an exception.
 */
export async function readPolicyFiles(paths: readonly string[]): Promise<PolicyFiles> {
  const problems: Problem[] = [];
  const keep = <T>(parsed: Parsed<T>): readonly T[] => {
    if (parsed.ok) return [parsed.value];
    problems.push(...parsed.problems);
    return [];
  };
  const listed = (await Promise.all(paths.map(list))).flatMap(keep).flat();
  // A file may be named beside the folder that it is in.
  const names = [...new Map(listed.map((name) => [resolve(name), name])).values()];
  const files = (await Promise.all(names.map(read))).flatMap(keep);
  return { files, problems };
}

/** The policies in the files; a file that could not be read is a problem like any other. */
export function evaluatePolicyFiles(found: PolicyFiles): PolicyReading {
  const { policies, warnings } = readPolicies(found.files);
  if (found.problems.length === 0) return { policies, warnings };
  const problems = [...found.problems, ...(policies.ok ? [] : policies.problems)];
  return { policies: { ok: false, problems }, warnings };
}

async function list(path: string): Promise<Parsed<readonly string[]>> {
  try {
    if (!(await stat(path)).isDirectory()) return { ok: true, value: [path] };
    const names = (await readdir(path)).filter((name) => /^[^.].*\.ya?ml$/.test(name)).sort();
    if (names.length === 0) return refuse(path, 'holds no policy file (*.yaml, *.yml)');
    if (names.length > MAX_FILES)
      return refuse(path, `holds ${names.length} policy files: expected at most ${MAX_FILES}`);
    return { ok: true, value: names.map((name) => join(path, name)) };
  } catch (error) {
    return { ok: false, problems: [fileProblem(path, error)] };
  }
}

async function read(file: string): Promise<Parsed<PolicyFile>> {
  try {
    const stats = await stat(file);
    // Reading a pipe would wait for its writer.
    if (!stats.isFile()) return refuse(file, 'is not a regular file');
    if (stats.size > MAX_BYTES) return refuse(file, `is too large: expected at most ${MAX_BYTES} bytes`);
    const text = new TextDecoder('utf-8', { fatal: true }).decode(await readFile(file));
    return { ok: true, value: { file, text } };
  } catch (error) {
    if (error instanceof TypeError) return refuse(file, 'is not UTF-8 text');
    return { ok: false, problems: [fileProblem(file, error)] };
  }
}

function refuse(where: string, message: string): { ok: false; problems: readonly Problem[] } {
  return { ok: false, problems: [{ where, message }] };
}
