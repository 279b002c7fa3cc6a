import { evaluatePolicyFiles, readPolicyFiles } from '../../content/policy-files.js';
import { tryListen } from '../../driver/listening.js';
import { formatProblem } from '../../problem.js';
import { LISTEN, type Listen } from '../text-form.js';
import { type Finding, fine, missing } from './finding.js';

/** What a configuration names beside what all of them need. */
export interface Configured {
  readonly file: string;
  readonly policies: readonly string[];
  /** Name server and admin port. */
  readonly listen: readonly Listen[];
}

/** Which drivers the policies in force place replicas by; and whether this process could listen where it shall. */
export async function examineConfigured({ file, policies, listen }: Configured): Promise<{
  readonly findings: readonly Finding[];
  readonly drivers: ReadonlySet<string>;
}> {
  const read = evaluatePolicyFiles(await readPolicyFiles(policies)).policies;
  const enabled = read.ok ? read.value.filter((policy) => policy.enabled) : [];
  const drivers = new Set(enabled.flatMap(({ placement }) => placement.map(({ driver }) => driver)));
  const [first] = read.ok ? [] : read.problems;
  const what = 'configuration';
  const found =
    first === undefined
      ? fine(
          what,
          `${file}; ${enabled.length} policies in force, by ${[...drivers].join(', ') || 'no driver'}`,
        )
      : missing(what, formatProblem(first), `hotzone check --config ${file}`);
  return { findings: [found, ...(await Promise.all(listen.map(listener)))], drivers };
}

async function listener(wanted: Listen): Promise<Finding> {
  const what = 'listening';
  const where = LISTEN.write(wanted);
  const error = await tryListen(wanted.address, wanted.port);
  if (error === null) return fine(what, `${where} is free`);
  const { code } = error;
  // Most likely the daemon itself.
  if (code === 'EADDRINUSE') return fine(what, `${where} is in use; "ss -lnptu" shows by what`);
  if (code === 'EACCES')
    return missing(
      what,
      `${where} takes a capability`,
      `setcap cap_net_bind_service=+ep ${process.execPath}`,
    );
  if (code === 'EADDRNOTAVAIL')
    return missing(
      what,
      `this host has no address ${wanted.address}`,
      `ip address add ${wanted.address} dev eth0`,
    );
  return missing(what, `${where}: ${error.message}`, null);
}
