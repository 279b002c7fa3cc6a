import { fileURLToPath } from 'node:url';
import { fill } from '../../policy/image.js';
import type { ReplicaSpec } from '../driver.js';
import { confinement } from './confinement.js';
import { formatArguments, type PageServerArguments, parseArguments } from './page-server-arguments.js';

const PAGE_SERVER = fileURLToPath(new URL('page-server.js', import.meta.url));
const COMMAND_HOST = fileURLToPath(new URL('command-host.js', import.meta.url));
/** What comes behind it is the operator's command. */
const COMMAND_FOLLOWS = '--';

/** What Node.js is started with for a replica: the page server, or the host of its image's command. */
export function programArguments(spec: ReplicaSpec, args: PageServerArguments): readonly string[] {
  const { image } = spec;
  if (image?.kind !== 'command') {
    return [...confinement(args.bundle, args.control), PAGE_SERVER, ...formatArguments(args)];
  }
  const { address, port, host, bundle, id, owner } = args;
  const values = { address, port, host, page: spec.page, bundle, id, owner };
  const command = image.command.map((word) => fill(word, values));
  return [COMMAND_HOST, ...formatArguments(args), COMMAND_FOLLOWS, ...command];
}

/** Whose replica a process is by its command line; null: it is none. */
export function parseProgram(argv: readonly string[]): PageServerArguments | null {
  const at = argv.findIndex((word) => word === PAGE_SERVER || word === COMMAND_HOST);
  if (at === -1) return null;
  const end = argv.indexOf(COMMAND_FOLLOWS, at);
  return parseArguments(argv.slice(at + 1, end === -1 ? undefined : end));
}
