import { formatProblem } from '../problem.js';
import {
  checkAssignment,
  checkNames,
  checkPolicies,
  checkSite,
  checkZoneFile,
  type Finding,
  type SiteToCheck,
} from './check-inputs.js';
import { EXIT } from './exit.js';
import type { Io } from './io.js';

export interface CheckOptions {
  /** Policy files, and folders of them. */
  readonly policies: readonly string[];
  /** The zone's apex; a site and a zone file need it. */
  readonly domain?: string;
  readonly site?: SiteToCheck;
  /** The operator's own records, a master file. */
  readonly zoneFile?: string;
  /** What has been looked at already. */
  readonly more?: readonly Finding<unknown>[];
  /** One JSON object on standard output instead of lines. */
  readonly json: boolean;
}

/**
 * Says whether files would do before a daemon is given them, like named-checkconf(8). Resolves to the exit code:
 * 0 fine, 1 problems (all of them on standard error, as file:line:column), 2 wrong usage.
 */
export async function check(options: CheckOptions, io: Io): Promise<number> {
  const { policies, domain, site, zoneFile, more = [] } = options;
  if (policies.length === 0 && site === undefined && zoneFile === undefined)
    return misuse(io, 'nothing to check; name a policy file, a folder of them, a site or a zone file');
  if (domain === undefined && site !== undefined)
    return misuse(io, 'a site can only be checked together with its domain');
  if (domain === undefined && zoneFile !== undefined)
    return misuse(io, 'a zone file can only be checked together with its domain');

  const policySet = policies.length === 0 ? null : await checkPolicies(policies);
  const zone = zoneFile === undefined || domain === undefined ? null : await checkZoneFile(zoneFile, domain);
  const pages = site === undefined || domain === undefined ? null : await checkSite(site, domain);
  const findings: (Finding<unknown> | null)[] = [...more, policySet, zone, pages];
  if (pages?.value && policySet?.value) findings.push(checkAssignment(pages.value, policySet.value));
  if (pages?.value && zone?.value) findings.push(checkNames(pages.value, zone.value));
  return report(
    findings.filter((finding) => finding !== null),
    options.json,
    io,
  );
}

function misuse(io: Io, message: string): number {
  io.stderr.write(`hotzone check: ${message}\n`);
  return EXIT.usage;
}

function report(findings: readonly Finding<unknown>[], json: boolean, io: Io): number {
  const lines = findings.flatMap((finding) => finding.lines);
  const problems = findings.flatMap((finding) => finding.problems);
  const warnings = findings.flatMap((finding) => finding.warnings);
  const ok = problems.length === 0;
  if (json) {
    io.stdout.write(`${JSON.stringify({ ok, found: lines, problems, warnings }, null, 2)}\n`);
  } else {
    for (const problem of problems) io.stderr.write(`${formatProblem(problem)}\n`);
    for (const warning of warnings)
      io.stderr.write(`${formatProblem({ ...warning, message: `warning: ${warning.message}` })}\n`);
    for (const line of lines) io.stdout.write(`${line}\n`);
  }
  return ok ? EXIT.fine : EXIT.problems;
}
