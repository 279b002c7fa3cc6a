import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { type Dom0, HostUnreachable, type Ran, type RunOptions } from './dom0.js';
import { quoteCommand } from './quote.js';
import type { SshOptions } from './xl-options.js';

/** Seconds, for a host that is down. */
const CONNECT_TIMEOUT = 4;
/** How long the connection stays when nobody uses it any more, so that it ends some time after the daemon; seconds. */
const PERSIST = 60;
const MASTER_TIMEOUT_MS = 10_000;
/** ssh(1): ssh itself failed, and not the command. */
const SSH_FAILED = 255;
const SECOND_MS = 1_000;
const SOCKET_NAME_DIGITS = 16;

/** A host over ssh, by a destination of ssh(1). Its commands share one connection. */
export function sshDom0(destination: string, ssh: SshOptions, stateDir: string): Dom0 {
  const socket = socketOf(destination, ssh, stateDir);
  const args = sshArguments(ssh, socket);
  let connecting: Promise<void> | null = null;

  const connect = async (): Promise<void> => {
    await mkdir(join(socket, '..'), { recursive: true, mode: 0o700 });
    // It goes to the background once it is connected, and must not keep a pipe of ours open.
    await execa(
      'ssh',
      [...args, '-o', 'ControlMaster=auto', '-o', `ControlPersist=${PERSIST}`, '-f', '-N', '--', destination],
      { reject: false, stdio: 'ignore', timeout: MASTER_TIMEOUT_MS },
    );
  };
  /** What fails here fails again with its reason when a command tries to connect by itself. */
  const connected = (): Promise<void> => {
    if (existsSync(socket)) return Promise.resolve();
    connecting ??= connect().finally(() => {
      connecting = null;
    });
    return connecting;
  };

  return {
    name: destination,
    folder: ssh.folder,
    isHere: false,
    absence: () => null,
    async run(argv: readonly [string, ...string[]], { timeoutMs, input }: RunOptions): Promise<Ran> {
      await connected();
      const given = input === undefined ? { stdin: 'ignore' as const } : { input };
      // The program is ended there, too, when its time is over: nobody would hear of it any more.
      const limited = ['timeout', String(timeoutMs / SECOND_MS), ...argv];
      const ended = await execa(
        'ssh',
        [...args, '-o', 'ControlMaster=no', '--', destination, quoteCommand(limited)],
        { ...given, reject: false, timeout: timeoutMs + CONNECT_TIMEOUT * SECOND_MS },
      );
      if (ended.exitCode !== undefined && ended.exitCode !== SSH_FAILED)
        return { exitCode: ended.exitCode, stdout: ended.stdout, stderr: ended.stderr };
      await rm(socket, { force: true });
      throw new HostUnreachable(destination, whyNot(ended.stderr ?? '', ended.shortMessage));
    },
  };
}

/** Short, since a Unix socket's path must be (unix(7)), and another one for every other way to connect. */
function socketOf(destination: string, ssh: SshOptions, stateDir: string): string {
  const way = JSON.stringify([destination, ssh.key, ssh.knownHosts, stateDir]);
  const name = createHash('sha256').update(way).digest('hex').slice(0, SOCKET_NAME_DIGITS);
  return join(tmpdir(), `hotzone-ssh-${process.geteuid?.() ?? 0}`, name);
}

/** Nobody is there to answer a question, and no host is believed that is not known. */
function sshArguments({ key, knownHosts }: SshOptions, socket: string): readonly string[] {
  const options = {
    BatchMode: 'yes',
    StrictHostKeyChecking: 'yes',
    ConnectTimeout: String(CONNECT_TIMEOUT),
    ServerAliveInterval: '5',
    ServerAliveCountMax: '3',
    LogLevel: 'ERROR',
    ControlPath: socket,
    ...(key === null ? {} : { IdentityFile: key, IdentitiesOnly: 'yes' }),
    ...(knownHosts === null ? {} : { UserKnownHostsFile: knownHosts, GlobalKnownHostsFile: '/dev/null' }),
  };
  return Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${configWord(value)}`]);
}

/** ssh_config(5): arguments with blanks stand in quotes, and `%` begins a token. */
function configWord(value: string): string {
  return /["\n]/.test(value) ? value : `"${value.replaceAll('%', '%%')}"`;
}

function whyNot(stderr: string, message: string | undefined): string {
  const lines = stderr.split('\n').map((line) => line.trim());
  return lines.find((line) => line !== '') ?? message ?? 'ssh gives no reason';
}
