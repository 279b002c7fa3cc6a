import { parseArgs } from 'node:util';

/** The command line of a page server. It is also the kernel's record of whose replica a process is (proc(5), cmdline). */
export interface PageServerArguments {
  readonly owner: string;
  readonly id: string;
  /** Absolute path. */
  readonly bundle: string;
  readonly host: string;
  readonly address: string;
  readonly port: string;
  /** Absolute path of the control socket. */
  readonly control: string;
}

const NAMES = ['owner', 'id', 'bundle', 'host', 'address', 'port', 'control'] as const;

export function formatArguments(args: PageServerArguments): readonly string[] {
  return NAMES.flatMap((name) => [`--${name}`, args[name]]);
}

/** `null` unless every option is there exactly as `formatArguments` writes it. */
export function parseArguments(argv: readonly string[]): PageServerArguments | null {
  try {
    const options = Object.fromEntries(NAMES.map((name) => [name, { type: 'string' as const }]));
    const { values } = parseArgs({ args: [...argv], options });
    return NAMES.every((name) => typeof values[name] === 'string' && values[name] !== '')
      ? (values as unknown as PageServerArguments)
      : null;
  } catch {
    return null;
  }
}
