import { sha256 } from '../../content/representation.js';
import { readTree } from '../../content/tree.js';
import type { Parsed } from '../../problem.js';
import type { SimulatedPage } from '../../simulate/workload.js';
import type { NamingScheme } from '../../site/page.js';
import { indexSite } from '../../site/site-index.js';
import type { Trace } from '../../trace/trace.js';

export interface PagesOptions {
  readonly site: string | null;
  readonly domain: string | null;
  readonly naming: NamingScheme;
}

/** Made-up names are asked for once or twice each, and a site's own names again and again. */
const QUERIES_MIN = 10;
const PAGES_MAX = 1_000;

/** The pages of a site, or those that the trace shows: the names of the domain that are asked for again and again. */
export async function pagesOf(
  options: PagesOptions,
  trace: Trace,
): Promise<Parsed<readonly SimulatedPage[]>> {
  const { site, domain, naming } = options;
  if (site === null) return pagesOfTrace(trace, domain);
  if (domain === null)
    return {
      ok: false,
      problems: [{ where: '--site', message: 'needs the --domain that its pages have names in' }],
    };
  const tree = await readTree(site, domain);
  if (!tree.ok) return tree;
  const hash = (text: string): string => sha256(Buffer.from(text));
  const pages = indexSite([...tree.value.files.keys()], { domain, naming, hash });
  if (!pages.ok) return pages;
  return { ok: true, value: pages.value.map(({ path, host }) => ({ path, host: host.toLowerCase() })) };
}

function pagesOfTrace(trace: Trace, domain: string | null): Parsed<readonly SimulatedPage[]> {
  const counts = new Float64Array(trace.names.length);
  for (const name of trace.nameOf) counts[name] = (counts[name] ?? 0) + 1;
  const suffix = domain === null ? '' : `.${domain.toLowerCase()}`;
  const hosts = [...trace.names.entries()]
    .filter(([place, name]) => (counts[place] ?? 0) >= QUERIES_MIN && name.endsWith(suffix))
    .sort(([a], [b]) => (counts[b] ?? 0) - (counts[a] ?? 0))
    .slice(0, PAGES_MAX)
    .map(([, host]) => ({ path: `/${host}`, host }));
  if (hosts.length > 0) return { ok: true, value: hosts };
  const message = `no name${domain === null ? '' : ` below ${domain}`} in it was asked for ${QUERIES_MIN} times, so there is no page to simulate`;
  return { ok: false, problems: [{ where: '--trace', message }] };
}
