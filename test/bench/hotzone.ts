import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { VisitedPage } from '../../src/cli/demo/client.js';
import { writeDemoSite } from '../../src/cli/demo/site.js';
import { openSiteFolder } from '../../src/content/site-folder.js';
import { Daemon, freePort } from '../helpers/daemon.js';

const MAIN = fileURLToPath(new URL('../../src/main.js', import.meta.url));
export const DOMAIN = 'bench.test';
export const LOOPBACK = '127.0.0.1';
/** Apart from the pools of the tests and of the demo. */
export const POOL = '127.88.0.0/16';
const STOP_TIMEOUT_MS = 60_000;
const POLL_MS = 5;

/** A line of the daemon's log, with `at` in milliseconds of the wall clock. */
export interface LogLine {
  readonly at: number;
  readonly msg: string;
  readonly [key: string]: unknown;
}

/** The real daemon with the demo's site, as a process of its own, in a temporary folder. */
export interface Hotzone {
  readonly daemon: Daemon;
  readonly dnsPort: number;
  readonly httpPort: number;
  readonly pages: readonly VisitedPage[];
  readonly policyFile: string;
  log(): readonly LogLine[];
  /** Resolves to the first line for which it holds; rejects after the time. */
  waitFor(holds: (line: LogLine) => boolean, timeoutMs: number): Promise<LogLine>;
  /** Ends it with all of its replicas. */
  stop(): Promise<void>;
}

export async function startHotzone(
  policy: string,
  options: readonly string[] = [],
  pool = POOL,
): Promise<Hotzone> {
  const folder = mkdtempSync(join(tmpdir(), 'hotzone-bench-'));
  const [site, state, file] = ['site', 'state', 'policy.yaml'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  await writeDemoSite(site);
  writeFileSync(file, policy);
  const dnsPort = await freePort();
  const httpPort = await freePort();
  const daemon = new Daemon(process.execPath, [
    ...[MAIN, 'serve', '--domain', DOMAIN, '--site', site, '--policy', file, '--state', state],
    ...['--listen', `${LOOPBACK}:${dnsPort}`, '--http-port', String(httpPort), '--pool', pool],
    ...['--admin', `${LOOPBACK}:0`, '--stop-replicas', '--log-level', 'debug', ...options],
  ]);
  const log = (): readonly LogLine[] => parseLog(daemon.output);
  const stop = async (): Promise<void> => {
    await daemon.stop(STOP_TIMEOUT_MS);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await daemon.waitForReply(LOOPBACK, dnsPort, DOMAIN);
    const pages = await pagesOf(site, join(folder, 'bundles'), httpPort);
    return {
      daemon,
      dnsPort,
      httpPort,
      pages,
      policyFile: file,
      log,
      async waitFor(holds, timeoutMs) {
        for (const deadline = Date.now() + timeoutMs; Date.now() < deadline; await sleep(POLL_MS)) {
          const line = log().find(holds);
          if (line !== undefined) return line;
        }
        throw new Error(
          `the daemon did not come to it in ${timeoutMs} ms; it said:\n${daemon.output.slice(-2_000)}`,
        );
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The pages as their visitors know them. */
async function pagesOf(dir: string, bundleDir: string, port: number): Promise<readonly VisitedPage[]> {
  const site = await openSiteFolder({ dir, domain: DOMAIN, naming: 'flat', scheme: 'http', port, bundleDir });
  if (!site.ok) throw new Error(JSON.stringify(site.problems));
  const pages = [...site.value.pages().values()];
  await site.value.close();
  return pages.map(({ host, urlPath, bundle }) => ({
    host: host.toLowerCase(),
    urlPath,
    digest: bundle.digest,
  }));
}

function parseLog(output: string): readonly LogLine[] {
  return output.split('\n').flatMap((text) => {
    if (!text.startsWith('{') || !text.endsWith('}')) return [];
    const line = JSON.parse(text) as { readonly time: string; readonly msg: string };
    return [{ ...line, at: Date.parse(line.time) }];
  });
}
