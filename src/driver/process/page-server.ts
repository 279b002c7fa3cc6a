/**
 * The program that a replica of the `process` driver is: serves the one page of a bundle at one address, and goes on
 * doing so whatever becomes of the daemon that started it.
 *
 * It starts a replica's life, so it imports as little as it can. It ends on SIGTERM or on its controller's word, and
 * with a code of sysexits(3) when it cannot serve.
 */
import { readFileSync, rmSync, writeSync } from 'node:fs';
import { systemClock } from '../../clock.js';
import { formatProblem } from '../../problem.js';
import type { Bundle } from '../../site/bundle.js';
import { decodeBundle } from '../../site/bundle-codec.js';
import { findOnOwnHost, respond } from '../../site/respond.js';
import { type ControlCommand, openControlSocket } from './control-socket.js';
import { DEFAULT_LIMITS } from './http-limits.js';
import { createPageListener } from './page-listener.js';
import { type PageServerArguments, parseArguments } from './page-server-arguments.js';

const EXIT = { usage: 64, badBundle: 65, noBundle: 66, noAddress: 69, bug: 70, noControl: 73 } as const;
const STDOUT = 1;
/** Below the two seconds after which the driver kills. */
const STOP_GRACE_MS = 1_500;

/** One line a fact; a full disk is no reason to stop serving. */
function say(fact: string): void {
  try {
    writeSync(STDOUT, `${new Date().toISOString()} ${fact}\n`);
  } catch {}
}

function fail(reason: keyof typeof EXIT, message: string): never {
  say(message);
  process.exit(EXIT[reason]);
}

function loadBundle(args: PageServerArguments): Bundle {
  let bytes: Buffer;
  try {
    bytes = readFileSync(args.bundle);
  } catch (error) {
    return fail('noBundle', `cannot read the bundle: ${(error as Error).message}`);
  }
  const bundle = decodeBundle(bytes, args.bundle);
  if (!bundle.ok) return fail('badBundle', bundle.problems.map(formatProblem).join('; '));
  if (bundle.value.host !== args.host) {
    return fail('badBundle', `${args.bundle}: is of ${bundle.value.host}; expected ${args.host}`);
  }
  return bundle.value;
}

async function serve(args: PageServerArguments): Promise<void> {
  const startedAt = systemClock.now();
  const bundle = loadBundle(args);
  let requests = 0;
  const listener = createPageListener((request) => {
    const found = findOnOwnHost(request, bundle);
    if (typeof found !== 'number') requests += 1;
    return respond(request, found);
  }, DEFAULT_LIMITS);

  try {
    await listener.listen(args.address, Number(args.port));
  } catch (error) {
    fail('noAddress', (error as Error).message);
  }

  const stop = async (why: string): Promise<void> => {
    say(`stopping: ${why}`);
    await listener.close(STOP_GRACE_MS);
    process.exit(0);
  };
  const run = (command: ControlCommand): unknown => {
    switch (command) {
      case 'counters': {
        const { bytes, openConnections } = listener;
        return { requests, bytes, openConnections, uptime: systemClock.now() - startedAt };
      }
      case 'drain':
        say('draining');
        listener.drain();
        return {};
      case 'stop':
        void stop('the controller says so');
        return {};
      default:
        return command satisfies never;
    }
  };
  process.on('SIGTERM', () => void stop('SIGTERM'));
  process.on('SIGHUP', () => {});

  // Only the first server of an id gets this far, for the address is taken: a socket that is there is a dead one's.
  rmSync(args.control, { force: true });
  try {
    await openControlSocket(args.control, run);
  } catch (error) {
    fail('noControl', `cannot open the control socket: ${(error as Error).message}`);
  }
  const { body } = bundle.representations[0] ?? { body: [] };
  say(`serving ${bundle.path} as ${bundle.host} at ${args.address} port ${args.port}: ${body.length} bytes`);
}

process.on('uncaughtException', (error) => fail('bug', `bug: ${error.stack ?? error.message}`));
const args = parseArguments(process.argv.slice(2));
if (args === null) {
  fail('usage', 'usage: --owner O --id I --bundle FILE --host H --address A --port P --control SOCKET');
}
await serve(args);
