import { fileURLToPath } from 'node:url';
import { testDriverConformance } from '../../driver/conformance.js';
import { inRig } from '../../helpers/xen-rig/in-rig.js';
import { setUpXlDriver } from '../../helpers/xl-driver.js';

await inRig('domains of Xen', fileURLToPath(import.meta.url), (rig) => {
  testDriverConformance('xl', () => setUpXlDriver(rig));
});
