import type { DriverFailure } from '../driver.js';
import { type Ran, TIMED_OUT } from './dom0.js';

/** What xl and what it calls say, and what helps against it. */
const CLASSES: readonly (readonly [RegExp, DriverFailure['class']])[] = [
  [
    /out of memory|cannot allocate memory|not enough (free )?memory|no space left|too many open files/i,
    'capacity',
  ],
  [/failed to free memory|out of domain|no more domain/i, 'capacity'],
  [/could not find bridge|device .* does not exist|no bridge/i, 'config'],
  [/no such file or directory|invalid kernel|no loader found|cannot execute|there is no program/i, 'config'],
  [/syntax error|failed to parse|invalid argument|unknown (option|key)|config parsing/i, 'config'],
  [/permission denied|operation not permitted|privileged command interface|must be run as root/i, 'config'],
];

/** A script's exit status says less than what the script complains about in the next line. */
const EXIT_STATUS = /libxl_report_child_exitstatus/;
const NAME_TAKEN = /Domain with name "[^"]*" already exists/;
const UNKNOWN_DOMAIN = /invalid domain identifier|can't get domid of domain name/i;

/** The class and the words of an xl that failed. The first complaint is the cause: the last ones are of its tidying up. */
export function xlFailure({ exitCode, stderr, stdout }: Ran): DriverFailure {
  const complaints = `${stderr}\n${stdout}`
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^Parsing config|^libxl: warning/.test(line));
  if (exitCode === TIMED_OUT) return { class: 'transient', message: 'xl did not end in time' };
  const cause = complaints.find((line) => !EXIT_STATUS.test(line)) ?? complaints[0];
  if (cause === undefined)
    return { class: 'transient', message: `xl ended with ${exitCode} and without a word` };
  // What the cause is called differs; what is said of it later may be plainer.
  const known =
    CLASSES.find(([pattern]) => pattern.test(cause)) ??
    CLASSES.find(([pattern]) => complaints.some((line) => pattern.test(line)));
  return { class: known?.[1] ?? 'transient', message: plain(cause) };
}

/** Another domain has the name, and it is the same replica's: a name has its id. */
export function isNameTaken({ stderr }: Ran): boolean {
  return NAME_TAKEN.test(stderr);
}

export function isUnknownDomain({ stderr }: Ran): boolean {
  return UNKNOWN_DOMAIN.test(stderr);
}

/** Without where in Xen's sources it was said. */
function plain(line: string): string {
  return line
    .replace(/^(?:libxl|xc): (?:error: )?(?:panic: )?/, '')
    .replace(/^\w+\.[ch]:\d+:\s?(?:\w+: )?/, '')
    .replace(/^script: /, '')
    .replace(/: Internal error$/, '');
}
