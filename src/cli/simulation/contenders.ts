import { evaluatePolicyFiles, readPolicyFiles } from '../../content/policy-files.js';
import { assignPolicies } from '../../policy/match.js';
import type { Policy } from '../../policy/policy.js';
import type { Parsed } from '../../problem.js';
import type { SimulatedPage } from '../../simulate/workload.js';

/** A set of policies that is simulated on its own, beside others. */
export interface Contender {
  /** As the operator names it: a file or a folder. */
  readonly name: string;
  readonly policyOf: (path: string) => Policy | null;
  /** What the operator would not expect, in words. */
  readonly remarks: readonly string[];
}

/**
 * The policies of a file or a folder, and which page each has. A policy that is off and is the only one of its file was
 * named to be tried, so it is simulated as if it were on.
 */
export async function readContender(
  name: string,
  pages: readonly SimulatedPage[],
): Promise<Parsed<Contender>> {
  const { policies: read } = evaluatePolicyFiles(await readPolicyFiles([name]));
  if (!read.ok) return read;
  const [only] = read.value;
  const isTried = only !== undefined && read.value.length === 1 && only.file === name && !only.enabled;
  const policies = isTried ? [{ ...only, enabled: true }] : read.value;
  const assigned = assignPolicies(
    pages.map(({ path }) => path),
    policies,
  );
  if (!assigned.ok) return assigned;
  const remarks = isTried ? [`"${only.name}" is off (enabled: false), and simulated as if it were on`] : [];
  if (assigned.value.size === 0)
    return {
      ok: false,
      problems: [
        {
          where: name,
          message: `none of its policies has any of the ${pages.length} pages (the first is ${pages[0]?.path})`,
          hint: 'look at match.pages; --site gives pages the paths of their files',
        },
      ],
    };
  return { ok: true, value: { name, policyOf: (path) => assigned.value.get(path) ?? null, remarks } };
}
