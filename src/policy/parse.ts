import type { Parsed, Problem } from '../problem.js';
import { checkPolicy } from './checks.js';
import { toPolicy } from './defaults.js';
import { explainIssue } from './issues.js';
import type { Policy } from './policy.js';
import { policySchema } from './schema.js';
import { readYaml, type YamlDocument } from './yaml-document.js';

export interface PolicyFile {
  /** As the operator names it; messages begin with it. */
  readonly file: string;
  readonly text: string;
}

/** What a set of policy files says. Warnings are for the operator's eyes: the policies hold all the same. */
export interface PolicyReading {
  readonly policies: Parsed<readonly Policy[]>;
  readonly warnings: readonly Problem[];
}

/** Reads one file of one or more policies; either all of them or every problem of the file. Never throws. */
export function parsePolicies(text: string, file: string): Parsed<readonly Policy[]> {
  return readPolicies([{ file, text }]).policies;
}

/** Reads files that hold together: a policy's name must be the only one of its kind in all of them. Never throws. */
export function readPolicies(files: readonly PolicyFile[]): PolicyReading {
  const drafts: Draft[] = [];
  const problems: Problem[] = [];
  for (const { file, text } of files) {
    const yaml = readYaml(text, file);
    problems.push(...yaml.problems);
    // An editor that is about to write a file has emptied it first, so an empty file is not taken for "no policies".
    if (yaml.documents.length === 0 && yaml.problems.length === 0)
      problems.push({ where: file, message: 'holds no policy', hint: 'remove or rename the file' });
    for (const document of yaml.documents) {
      const draft = readDocument(document, file);
      if (draft.ok) drafts.push(draft.value);
      else problems.push(...draft.problems);
    }
  }
  problems.push(...repeatedNames(drafts), ...findings(drafts, 'error'));
  const warnings = findings(drafts, 'warning');
  if (problems.length > 0)
    return { policies: { ok: false, problems: inReadingOrder(problems, files) }, warnings };
  return { policies: { ok: true, value: drafts.map(({ policy }) => policy) }, warnings };
}

interface Draft {
  readonly policy: Policy;
  readonly document: YamlDocument;
}

function readDocument(document: YamlDocument, file: string): Parsed<Draft> {
  const form = policySchema.safeParse(document.value);
  if (form.success) return { ok: true, value: { policy: toPolicy(form.data, file), document } };
  const problems = form.error.issues.flatMap((issue) => explainIssue(policySchema, document, file, issue));
  return { ok: false, problems };
}

function repeatedNames(drafts: readonly Draft[]): readonly Problem[] {
  const first = new Map<string, Draft>();
  const problems: Problem[] = [];
  for (const draft of drafts) {
    const { name, file } = draft.policy;
    const earlier = first.get(name);
    if (earlier === undefined) {
      first.set(name, draft);
      continue;
    }
    const { line, column } = draft.document.locate(['name']);
    const other = `${earlier.policy.file}:${earlier.document.locate(['name']).line}`;
    problems.push({ where: file, line, column, message: `the name "${name}" is already taken in ${other}` });
  }
  return problems;
}

function findings(drafts: readonly Draft[], severity: 'error' | 'warning'): readonly Problem[] {
  return drafts.flatMap(({ policy, document }) =>
    checkPolicy(policy)
      .filter((finding) => finding.severity === severity)
      .map(({ path, message }) => {
        const { line, column } = document.locate(path);
        return { where: policy.file, line, column, message };
      }),
  );
}

function inReadingOrder(problems: readonly Problem[], files: readonly PolicyFile[]): readonly Problem[] {
  const order = new Map(files.map(({ file }, index) => [file, index]));
  const place = ({ where, line = 0, column = 0 }: Problem) => [order.get(where) ?? 0, line, column] as const;
  return [...problems].sort((a, b) => {
    const [fileA, lineA, columnA] = place(a);
    const [fileB, lineB, columnB] = place(b);
    return fileA - fileB || lineA - lineB || columnA - columnB;
  });
}
