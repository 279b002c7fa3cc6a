import { fileURLToPath } from 'node:url';

/** The built sources, which a page server imports its own modules from. */
const SOURCES = fileURLToPath(new URL('../../', import.meta.url));

/**
 * Options for Node.js that leave a page server its program, its bundle and its control socket, and neither other files
 * nor other programs (Node.js's permission model). They keep a server that is talked into opening something from doing
 * so, at no cost; they are no wall against foreign code in its process, which takes a virtual machine.
 */
export function confinement(
  bundle: string,
  control: string,
  known: ReadonlySet<string> = process.allowedNodeEnvironmentFlags,
): readonly string[] {
  const permission = known.has('--permission') ? '--permission' : '--experimental-permission';
  return [
    permission,
    // Else the older name of the option is a warning in the log of each server.
    '--disable-warning=ExperimentalWarning',
    `--allow-fs-read=${SOURCES}`,
    `--allow-fs-read=${bundle}`,
    `--allow-fs-read=${control}`,
    `--allow-fs-write=${control}`,
    ...(known.has('--allow-net') ? ['--allow-net'] : []),
  ];
}
