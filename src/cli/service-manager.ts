import { execa } from 'execa';
import type { Logger } from '../telemetry/log.js';

/** What the service manager is told (sd_notify(3)). */
export interface ServiceManager {
  ready(status: string): Promise<void>;
  reloading(): Promise<void>;
  stopping(): Promise<void>;
  /** From now on it is told that all is well as often as it wants to hear it, as long as that is so. */
  watch(isWell: () => boolean): void;
  /** Nothing more is told. */
  close(): void;
}

const MICROSECONDS_PER_MILLISECOND = 1_000;
/** It gives up after one interval without a word, so that one word may be late. */
const WORDS_PER_INTERVAL = 3;

/**
 * The service manager that started this process, by systemd-notify(1), since Node.js has no datagrams to Unix sockets;
 * where there is none, nobody is told anything. The variables of sd_notify(3) are taken out of the environment, so that no
 * child speaks for this process.
 */
export function takeServiceManager(environment: NodeJS.ProcessEnv, log: Logger): ServiceManager {
  const { NOTIFY_SOCKET: socket, WATCHDOG_USEC: usec, WATCHDOG_PID: pid } = environment;
  for (const name of ['NOTIFY_SOCKET', 'WATCHDOG_USEC', 'WATCHDOG_PID']) delete environment[name];
  let timer: NodeJS.Timeout | undefined;
  const tell = async (...words: readonly string[]): Promise<void> => {
    if (socket === undefined) return;
    const told = await execa('systemd-notify', [`--pid=${process.pid}`, ...words], {
      env: { NOTIFY_SOCKET: socket },
      reject: false,
    });
    if (told.failed) log.error({ err: told }, 'the service manager cannot be told');
  };
  return {
    ready: (status) => tell('--ready', `--status=${status}`),
    reloading: () => tell('RELOADING=1'),
    stopping: () => tell('STOPPING=1'),
    watch: (isWell) => {
      const isForOther = pid !== undefined && pid !== String(process.pid);
      const interval = Number(usec) / MICROSECONDS_PER_MILLISECOND;
      if (isForOther || !(interval > 0)) return;
      timer = setInterval(() => {
        if (isWell()) void tell('WATCHDOG=1');
        else log.error('the control loop stands still; the service manager is not told that all is well');
      }, interval / WORDS_PER_INTERVAL);
    },
    close: () => clearInterval(timer),
  };
}
