import { evaluatePolicyFiles, readPolicyFiles } from '../content/policy-files.js';
import { sha256 } from '../content/representation.js';
import { readTree } from '../content/tree.js';
import { Zone } from '../dns/zone.js';
import { describePolicy } from '../policy/describe.js';
import { assignPolicies } from '../policy/match.js';
import type { Policy } from '../policy/policy.js';
import type { Problem } from '../problem.js';
import type { NamingScheme, Page } from '../site/page.js';
import { indexSite } from '../site/site-index.js';
import { zoneRecords } from './daemon/zone-records.js';

/** What a look at one kind of input found, and the thing itself if it is fine. */
export interface Finding<T = null> {
  readonly value: T | null;
  /** What is fine, in words, one line each. */
  readonly lines: readonly string[];
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
}

export interface SiteToCheck {
  readonly dir: string;
  readonly naming: NamingScheme;
}

/** Policy files, and folders of them. */
export async function checkPolicies(paths: readonly string[]): Promise<Finding<readonly Policy[]>> {
  const { policies, warnings } = evaluatePolicyFiles(await readPolicyFiles(paths));
  if (!policies.ok) return { ...bad(policies.problems), warnings };
  const lines = policies.value.map((policy) => `${policy.file}: ${policy.name}: ${describePolicy(policy)}`);
  return { value: policies.value, lines, problems: [], warnings };
}

/** Whether every file of a site gets a host name of its own. */
export async function checkSite(site: SiteToCheck, domain: string): Promise<Finding<readonly Page[]>> {
  const tree = await readTree(site.dir, domain);
  if (!tree.ok) return bad(tree.problems);
  const hash = (text: string): string => sha256(Buffer.from(text));
  const pages = indexSite([...tree.value.files.keys()], { domain, naming: site.naming, hash });
  if (!pages.ok) return bad(pages.problems);
  return good(pages.value, [`${site.dir}: ${pages.value.length} pages, each with a host name of its own`]);
}

/** Whether the operator's records make a zone, once the daemon has added the SOA and NS that they may lack. */
export async function checkZoneFile(zoneFile: string, domain: string): Promise<Finding<Zone>> {
  const nameServers = [{ host: `ns1.${domain}`, addresses: [] }];
  const records = await zoneRecords({ zoneFile, domain, nameServers, hostmaster: `hostmaster@${domain}` });
  if (!records.ok) return bad(records.problems);
  const zone = Zone.build({ domain, records: records.value });
  if (!zone.ok) return bad(zone.problems);
  const own = records.value.filter(({ source }) => source !== null).length;
  return good(zone.value, [`${zoneFile}: ${own} records of ${domain}`]);
}

/** Whether the pages can stand beside the operator's records. */
export function checkNames(pages: readonly Page[], zone: Zone): Finding {
  const problems = zone.conflicts(pages.map(({ host }) => host));
  return problems.length > 0 ? bad(problems) : good(null, ['no page has the name of a record']);
}

/** Whether each page of the site has one policy at most, and the policies can keep what they promise there. */
export function checkAssignment(pages: readonly Page[], policies: readonly Policy[]): Finding {
  const assigned = assignPolicies(
    pages.map(({ path }) => path),
    policies,
  );
  if (!assigned.ok) return bad(assigned.problems);
  const counts = new Map(policies.map((policy) => [policy, 0]));
  for (const policy of assigned.value.values()) counts.set(policy, (counts.get(policy) ?? 0) + 1);
  const shares = [...counts].map(([policy, count]) => `${count} to ${policy.name}`);
  const rest = pages.length - assigned.value.size;
  return {
    ...good(null, [`of ${pages.length} pages: ${[...shares, `${rest} to the origin alone`].join(', ')}`]),
    warnings: [...counts].flatMap(([policy, count]) => shortBudget(policy, count)),
  };
}

/** A budget that cannot even pay the minimum leaves pages without their replicas for good. */
function shortBudget(policy: Policy, pages: number): readonly Problem[] {
  const { name, file, minReplicas, schedules, placement, budget } = policy;
  const floor = Math.max(minReplicas, ...schedules.map((schedule) => schedule.minReplicas ?? 0));
  const least = pages * floor;
  const cost = least * Math.min(...placement.map(({ hourlyCost }) => hourlyCost));
  const wants = `"${name}" wants at least ${least} replicas for its ${pages} pages`;
  const messages = [
    ...(least > budget.maxInstances ? [`${wants}, but budget.maxInstances is ${budget.maxInstances}`] : []),
    ...(budget.maxHourlyCost !== null && cost > budget.maxHourlyCost
      ? [`${wants}, which cost ${cost} an hour, but budget.maxHourlyCost is ${budget.maxHourlyCost}`]
      : []),
  ];
  return messages.map((message) => ({ where: file, message }));
}

export function good<T>(value: T, lines: readonly string[]): Finding<T> {
  return { value, lines, problems: [], warnings: [] };
}

export function bad(problems: readonly Problem[]): Finding<never> {
  return { value: null, lines: [], problems, warnings: [] };
}
