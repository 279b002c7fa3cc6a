/** Measures beside a Xen rig, in its network namespace: `process.js RIG-FOLDER FILE`; writes figures to the file. */
import { writeFile } from 'node:fs/promises';
import { sshDom0 } from '../../../src/driver/xl/ssh-dom0.js';
import { runningRig } from '../../helpers/xen-rig/boot.js';
import { DOM0, setUpXlDriver } from '../../helpers/xl-driver.js';
import type { Figure } from '../figure.js';
import { type ServedPage, withPage } from '../unikernel/page.js';
import { Domains } from './domain.js';
import { debianGuestOf, grubGuest, pageGuest } from './guest.js';
import { lifeFigures, memoryFigures } from './lives.js';
import { manyFigures } from './many.js';
import { surgeFigures } from './surge.js';

const [folder = '', resultFile = ''] = process.argv.slice(2);
const rig = runningRig(folder);
if (rig === null) throw new Error(`no rig runs in ${folder}`);
const given = await setUpXlDriver(rig);
try {
  await writeFile(resultFile, JSON.stringify(await withPage(measure)));
} finally {
  await given.close();
}

async function measure(work: string, page: ServedPage): Promise<readonly Figure[]> {
  const domains = new Domains(sshDom0(DOM0, given.options.ssh, given.options.stateDir), page);
  const guests = {
    page: pageGuest(page),
    debian: await debianGuestOf(work, page),
    grub: await grubGuest(),
  };
  const lives = await lifeFigures(domains, guests);
  const alone = lives.find(({ name }) => name.endsWith('200, plain script'))?.value ?? Number.NaN;
  return [
    ...lives,
    ...(await memoryFigures(domains, guests, page.body.length)),
    ...(await manyFigures(given, alone)),
    ...(await surgeFigures(given, alone)),
  ];
}
