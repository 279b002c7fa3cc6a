import { skipWithoutDebian } from '../../helpers/debian-guest/debian-guest.js';
import { skipWithout } from '../../helpers/program.js';
import { skipWithoutKernel } from '../../helpers/qemu-driver.js';
import type { Figure } from '../figure.js';
import { type Contender, debianBusybox, pageKernel } from './contender.js';
import { Machine } from './machine.js';
import { userNetwork } from './network.js';
import { type ServedPage, withPage } from './page.js';

export interface Contenders {
  readonly page: ServedPage;
  readonly ours: Contender;
  readonly theirs: Contender;
}

/** What is missing for the comparison, as the figure that cannot be measured; null when nothing is. */
export function notMeasured(name: string, ...more: readonly (string | false | null)[]): Figure | null {
  const reasons = [skipWithoutKernel, skipWithoutDebian, skipWithout('lz4', 'lz4'), ...more];
  const note = reasons.find((reason) => typeof reason === 'string');
  return typeof note === 'string' ? { name, value: Number.NaN, unit: '', note } : null;
}

/** Calls `use` with both, ready to be started with the same page. */
export function withContenders<T>(use: (contenders: Contenders) => Promise<T>): Promise<T> {
  return withPage(async (folder, page) => {
    const ours = await pageKernel(page);
    const theirs = await debianBusybox(folder, page, await clockMhz(ours));
    return use({ page, ours, theirs });
  });
}

/** The speed of the machine's clock, as the page kernel measures and prints it. */
async function clockMhz(ours: Contender): Promise<number> {
  const machine = new Machine(ours, await userNetwork());
  await machine.ready();
  await machine.stop();
  const mhz = /^clock: (\d+) MHz/m.exec(machine.console)?.[1];
  if (mhz === undefined) throw new Error(`the page kernel does not start: ${machine.console}`);
  return Number(mhz);
}
