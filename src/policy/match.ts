import picomatch from 'picomatch/posix.js';
import type { Parsed, Problem } from '../problem.js';
import type { Policy } from './policy.js';

/** Wildcards are `*`, `**`, `?`, `[a-z]` and `{a,b}`; a leading dot is a letter like any other, since `/**` means every page. */
const GLOB_OPTIONS: picomatch.PicomatchOptions = { dot: true, noextglob: true, nonegate: true };

/** The test for one glob over `Page.path`. Brackets and bars stand for themselves: `/photo (1).jpg` is a file's name. */
function glob(pattern: string): (path: string) => boolean {
  return picomatch(pattern.replace(/[()|]/g, '\\$&'), GLOB_OPTIONS);
}

/** True for the paths that a policy asks for by `match`, whatever its priority; for none if it is not enabled. */
export function matcher(policy: Policy): (path: string) => boolean {
  if (!policy.enabled) return () => false;
  const pages = policy.match.pages.map(glob);
  const exclude = policy.match.exclude.map(glob);
  return (path) => pages.some((wanted) => wanted(path)) && !exclude.some((unwanted) => unwanted(path));
}

/** The policy of one page, or `undefined` if the page stays on the origin. Of two equal ones the first by name, so that it never flips. */
export function policyFor(path: string, policies: readonly Policy[]): Policy | undefined {
  return [...policies].sort(byPriority).find((policy) => matcher(policy)(path));
}

/**
 * The policy of each page by `Page.path`; pages that no policy matches are not in the map and stay on the origin.
 * Two policies of the same, highest priority on one page are a problem that names both, told once for each pair.
 */
export function assignPolicies(
  paths: readonly string[],
  policies: readonly Policy[],
): Parsed<ReadonlyMap<string, Policy>> {
  const candidates = [...policies].sort(byPriority).map((policy) => ({ policy, matches: matcher(policy) }));
  const assigned = new Map<string, Policy>();
  const conflicts = new Map<Policy, Map<Policy, string[]>>();
  for (const path of paths) {
    const [first, second] = candidates.filter(({ matches }) => matches(path));
    if (first === undefined) continue;
    if (second?.policy.priority === first.policy.priority) note(conflicts, first.policy, second.policy, path);
    else assigned.set(path, first.policy);
  }
  if (conflicts.size === 0) return { ok: true, value: assigned };
  const problems = [...conflicts].flatMap(([first, others]) =>
    [...others].map(([second, pages]) => conflict(first, second, pages)),
  );
  return { ok: false, problems };
}

function byPriority(a: Policy, b: Policy): number {
  if (a.priority !== b.priority) return b.priority - a.priority;
  return a.name < b.name ? -1 : 1;
}

function note(
  conflicts: Map<Policy, Map<Policy, string[]>>,
  first: Policy,
  second: Policy,
  path: string,
): void {
  const others = conflicts.get(first) ?? new Map<Policy, string[]>();
  const pages = others.get(second) ?? [];
  pages.push(path);
  conflicts.set(first, others.set(second, pages));
}

function conflict(first: Policy, second: Policy, pages: readonly string[]): Problem {
  const more = pages.length === 1 ? '' : ` (and ${pages.length - 1} more)`;
  return {
    where: second.file,
    message:
      `the page ${pages[0]}${more} is matched by "${first.name}" (${first.file}) and "${second.name}" ` +
      `(${second.file}), both of priority ${first.priority}`,
    hint: 'give one of them a higher priority, or exclude the page from one',
  };
}
