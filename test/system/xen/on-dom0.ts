/** What every driver has to do, on the control domain itself: run there by xl-on-dom0.test.ts. */
import { testDriverConformance } from '../../driver/conformance.js';
import { setUpLocalXlDriver } from '../../helpers/xl-driver.js';

testDriverConformance('xl', setUpLocalXlDriver);
