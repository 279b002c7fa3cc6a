import { buildDashboard } from './build.js';
import { DAEMON } from './daemon.js';
import { DRIVERS } from './drivers.js';
import { OVERVIEW } from './overview.js';
import { PAGE_DASHBOARD } from './page.js';
import { reference } from './reference.js';
import type { DashboardSpec } from './spec.js';

export const DASHBOARDS: readonly DashboardSpec[] = [OVERVIEW, PAGE_DASHBOARD, DRIVERS, DAEMON];

/** Every generated file below `grafana/`, by its path there. */
export function generatedFiles(): ReadonlyMap<string, string> {
  const files = new Map([['reference.md', reference()]]);
  for (const spec of DASHBOARDS)
    files.set(`dashboards/${spec.uid}.json`, `${JSON.stringify(buildDashboard(spec), null, 2)}\n`);
  return files;
}
