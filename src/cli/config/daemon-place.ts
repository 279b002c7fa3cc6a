import type { Command } from 'commander';
import { formatProblem } from '../../problem.js';
import { LISTEN, type Listen } from '../text-form.js';
import type { FieldName } from './fields.js';
import { findConfig, withConfigOption } from './options.js';

/** Wildcards are where a server listens, and nowhere to connect to. */
const WILDCARDS: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

/**
 * Has a command that asks a daemon (`--url`, `--state`, `--token-file`, where it has them) look where the configuration
 * has put it. One with a mistake does not keep an operator from asking the daemon that runs.
 */
export function findsDaemon(command: Command): Command {
  return withConfigOption(command).hook('preAction', (_, called) => {
    const { config: given } = called.opts<{ readonly config?: string }>();
    const found = findConfig(given);
    if (found === null) return;
    if (!found.ok) {
      const lines = found.problems.map((problem) => `${formatProblem(problem)}\n`).join('');
      if (given !== undefined) called.error(lines.trimEnd());
      called.configureOutput().writeErr?.(lines);
      return;
    }
    const { values } = found.value;
    const tell = (option: string, name: FieldName, write: (value: unknown) => unknown): void => {
      if (values.has(name) && called.getOptionValueSource(option) !== 'cli' && option in called.opts())
        called.setOptionValueWithSource(option, write(values.get(name)), 'config');
    };
    tell('url', 'admin', (listen) => urlOf(listen as Listen));
    tell('state', 'state', (folder) => folder);
    const token = values.get('adminTokenFile');
    const hasOption = called.options.some((option) => option.attributeName() === 'tokenFile');
    // Whoever sets the variable means it more than a file that lies there.
    if (
      hasOption &&
      process.env.HOTZONE_ADMIN_TOKEN === undefined &&
      called.getOptionValue('tokenFile') === undefined
    )
      called.setOptionValueWithSource('tokenFile', token, 'config');
  });
}

function urlOf({ address, port }: Listen): string {
  return `http://${LISTEN.write({ address: WILDCARDS[address] ?? address, port })}`;
}
