/**
 * The program that a replica of the `process` driver is when its placement has a command of its own: runs the command
 * with an address for its page, ends it on SIGTERM or on its controller's word, and ends with it. Who it is stands on
 * its command line, as that of a page server does, and the command can be any program.
 */
import { rmSync, writeSync } from 'node:fs';
import { execa } from 'execa';
import { type ControlCommand, openControlSocket } from './control-socket.js';
import { parseArguments } from './page-server-arguments.js';

const EXIT = { usage: 64, ended: 69, noControl: 73 } as const;
const STDOUT = 1;
/** Below the two seconds after which the driver kills. */
const STOP_GRACE_MS = 1_500;

/** One line a fact; a full disk is no reason to end. */
function say(fact: string): void {
  try {
    writeSync(STDOUT, `${new Date().toISOString()} ${fact}\n`);
  } catch {}
}

async function run(argv: readonly string[]): Promise<number> {
  const at = argv.indexOf('--');
  const args = parseArguments(argv.slice(0, at));
  const command = argv.slice(at + 1);
  if (at === -1 || args === null || command.length === 0) {
    say('usage: --owner O --id I --bundle FILE --host H --address A --port P --control SOCKET -- COMMAND...');
    return EXIT.usage;
  }
  // A command whose host is killed is killed by the kernel with it: nothing may hold the address then.
  const child = execa('setpriv', ['--pdeathsig', 'KILL', '--', ...command], {
    reject: false,
    buffer: false,
    cwd: '/',
    env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' },
    extendEnv: false,
    stdin: 'ignore',
    stdout: 'inherit',
    stderr: 'inherit',
    forceKillAfterDelay: STOP_GRACE_MS,
  });
  let isStopping = false;
  const stop = (why: string): void => {
    say(`stopping: ${why}`);
    isStopping = true;
    child.kill('SIGTERM');
  };
  process.on('SIGTERM', () => stop('SIGTERM'));
  process.on('SIGHUP', () => {});
  rmSync(args.control, { force: true });
  try {
    await openControlSocket(args.control, (word: ControlCommand) => {
      if (word === 'stop') stop('the controller says so');
      return word === 'counters' ? { error: 'a command counts nothing' } : {};
    });
  } catch (error) {
    say(`cannot open the control socket: ${(error as Error).message}`);
    child.kill('SIGKILL');
    return EXIT.noControl;
  }
  say(`running ${command.join(' ')}`);
  const { exitCode, signal } = await child;
  if (isStopping) return 0;
  say(`the command has ended (${signal ?? `code ${exitCode}`})`);
  return EXIT.ended;
}

process.exit(await run(process.argv.slice(2)));
