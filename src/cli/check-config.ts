import type { Problem } from '../problem.js';
import { parseAddressPool } from '../scale/address-pool.js';
import { type CheckOptions, check } from './check.js';
import { bad, good } from './check-inputs.js';
import type { ConfigFile } from './config/config-file.js';
import { FIELD_NAMES, type FieldName, fieldOf } from './config/fields.js';
import { toldBy } from './config/options.js';
import { readToken } from './daemon/admin-token.js';
import type { Io } from './io.js';
import { type ServeSettings, settingsOf, settingsProblems } from './serve.js';

/** Says whether a daemon would start on a configuration, and all that is wrong with what it names. */
export async function checkConfig(config: ConfigFile, json: boolean, io: Io): Promise<number> {
  const told = toldBy(config);
  const missing = (['domain', 'site'] as const).filter((name) => told.values[name] === undefined);
  const problems = missing.length > 0 ? missing.map((name) => lacks(config, name)) : null;
  const settings = settingsOf(told);
  const found = problems ?? told.locate(mistakes(settings));
  const own = config.values.size;
  const finding =
    found.length > 0 ? bad(found) : good(null, [`${config.file}: ${own} of ${FIELD_NAMES.length} settings`]);
  return check({ ...inputsOf(settings, missing), json, more: [finding] }, io);
}

function inputsOf(
  { policies, domain, site, zoneFile }: ServeSettings,
  missing: readonly FieldName[],
): Omit<CheckOptions, 'json'> {
  if (missing.includes('domain')) return { policies };
  return {
    policies,
    domain,
    ...(zoneFile === null ? {} : { zoneFile }),
    ...(missing.includes('site') ? {} : { site }),
  };
}

function mistakes(settings: ServeSettings): readonly Problem[] {
  const pool = parseAddressPool(settings.pool, '--pool');
  const token = settings.adminTokenFile === null ? null : readToken(settings.adminTokenFile);
  return [
    ...settingsProblems(settings),
    ...(pool.ok ? [] : pool.problems),
    ...(token === null || token.ok ? [] : token.problems),
  ];
}

function lacks({ file }: ConfigFile, name: FieldName): Problem {
  const { key, about } = fieldOf(name);
  return { where: file, message: `"${key}" is missing: ${about}` };
}
