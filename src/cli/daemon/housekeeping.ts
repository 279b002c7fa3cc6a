import cron from 'node-cron';
import type { Clock } from '../../clock.js';
import { removeOldBundles } from '../../content/bundle-file.js';
import type { SiteFolder } from '../../content/site-folder.js';
import type { Controller } from '../../control/controller.js';
import type { Logger } from '../../telemetry/log.js';

/** At minutes that are not everybody's. */
const SCHEDULE = '7,22,37,52 * * * *';
const DECISIONS_KEPT_MS = 30 * 24 * 3_600_000;

export interface HousekeepingOptions {
  readonly clock: Clock;
  readonly controller: Controller;
  readonly site: SiteFolder;
  readonly bundleDir: string;
  readonly log: Logger;
}

/** Throws away what nothing needs any more, now and then; gives back what ends it. */
export function startHousekeeping(options: HousekeepingOptions): () => void {
  const task = cron.schedule(SCHEDULE, () => tidyUp(options), { noOverlap: true });
  return () => void task.destroy();
}

export async function tidyUp({
  clock,
  controller,
  site,
  bundleDir,
  log,
}: HousekeepingOptions): Promise<void> {
  try {
    controller.prune(DECISIONS_KEPT_MS);
    const needed = new Set([
      ...[...site.pages().values()].map(({ bundleFile }) => bundleFile),
      ...controller.state.fleet.all().map(({ bundleFile }) => bundleFile),
    ]);
    const bundles = await removeOldBundles(bundleDir, needed, clock.wall());
    log.debug({ bundles }, 'old bundles were removed');
  } catch (error) {
    log.error({ err: error }, 'tidying up failed; it is tried again later');
  }
}
