import { evaluatePolicyFiles, readPolicyFiles } from '../content/policy-files.js';
import { describePolicy } from '../policy/describe.js';
import { assignPolicies } from '../policy/match.js';
import type { Policy } from '../policy/policy.js';
import { formatProblem, type Parsed, type Problem } from '../problem.js';

export interface CheckOptions {
  /** Policy files, and folders of them. */
  readonly policies: readonly string[];
  readonly zoneFile?: string;
  /** The site's pages (`Page.path`), to find those that two policies claim. */
  readonly site?: () => Promise<Parsed<readonly string[]>>;
  readonly json: boolean;
}

export interface CheckStreams {
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
}

/** Reads one kind of input to its end and says what it found. */
interface Finding {
  /** One line for each thing that is fine, with what it means. */
  readonly lines: readonly string[];
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
}

export const EXIT = { fine: 0, problems: 1, usage: 2 } as const;

/** Says whether files would do before a daemon is given them, like named-checkconf(8); resolves to the exit code. */
export async function check(options: CheckOptions, io: CheckStreams): Promise<number> {
  if (options.policies.length === 0 && options.zoneFile === undefined) {
    io.stderr.write('hotzone check: nothing to check: name a policy file, a folder of them or a zone file\n');
    return EXIT.usage;
  }
  const findings = [...(options.policies.length === 0 ? [] : [await checkPolicies(options)])];
  const lines = findings.flatMap((finding) => finding.lines);
  const problems = findings.flatMap((finding) => finding.problems);
  const warnings = findings.flatMap((finding) => finding.warnings);
  if (options.json) {
    const report = { ok: problems.length === 0, found: lines, problems, warnings };
    io.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  } else {
    for (const problem of problems) io.stderr.write(`${formatProblem(problem)}\n`);
    for (const warning of warnings) io.stderr.write(`${formatProblem(asWarning(warning))}\n`);
    for (const line of lines) io.stdout.write(`${line}\n`);
  }
  return problems.length === 0 ? EXIT.fine : EXIT.problems;
}

async function checkPolicies(options: CheckOptions): Promise<Finding> {
  const { policies, warnings } = evaluatePolicyFiles(await readPolicyFiles(options.policies));
  if (!policies.ok) return { lines: [], problems: policies.problems, warnings };
  const lines = policies.value.map((policy) => `${policy.file}: ${policy.name}: ${describePolicy(policy)}`);
  const pages = await options.site?.();
  if (pages === undefined) return { lines, problems: [], warnings };
  if (!pages.ok) return { lines, problems: pages.problems, warnings };
  const assigned = assignPolicies(pages.value, policies.value);
  if (!assigned.ok) return { lines, problems: assigned.problems, warnings };
  return {
    lines: [...lines, ...shares(pages.value, policies.value, assigned.value)],
    problems: [],
    warnings: [...warnings, ...shortBudgets(policies.value, assigned.value)],
  };
}

function shares(
  pages: readonly string[],
  policies: readonly Policy[],
  assigned: ReadonlyMap<string, Policy>,
): readonly string[] {
  const counts = policies.map((policy) => `${pagesOf(policy, assigned)} to ${policy.name}`);
  return [
    `of ${pages.length} pages: ${[...counts, `${pages.length - assigned.size} to the origin alone`].join(', ')}`,
  ];
}

/** A budget that cannot even pay the minimum will leave pages without their replicas for good. */
function shortBudgets(
  policies: readonly Policy[],
  assigned: ReadonlyMap<string, Policy>,
): readonly Problem[] {
  return policies.flatMap((policy) => {
    const wanted = pagesOf(policy, assigned) * policy.minReplicas;
    if (wanted <= policy.budget.maxInstances) return [];
    const message = `"${policy.name}" wants at least ${wanted} replicas for its pages, but budget.maxInstances is ${policy.budget.maxInstances}`;
    return [{ where: policy.file, message }];
  });
}

function pagesOf(policy: Policy, assigned: ReadonlyMap<string, Policy>): number {
  return [...assigned.values()].filter((other) => other === policy).length;
}

function asWarning(problem: Problem): Problem {
  return { ...problem, message: `warning: ${problem.message}` };
}
