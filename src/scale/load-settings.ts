import type { LoadSettings } from '../load/load.js';
import { ignores } from '../policy/ignore.js';
import type { Policy } from '../policy/policy.js';

/** How the pages of a policy are measured. */
export function loadSettings(policy: Policy): LoadSettings {
  return {
    stableWindow: policy.metric.stableWindow,
    panicWindow: policy.metric.panic.window,
    ignores: ignores(policy),
  };
}
