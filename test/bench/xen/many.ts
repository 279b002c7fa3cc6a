import { newId } from '../../driver/conformance.js';
import { inTurns } from '../../helpers/in-turns.js';
import { ended, served, type XlDriverUnderTest } from '../../helpers/xl-driver.js';
import type { Figure } from '../figure.js';

const AT_ONCE = 20;
/** What the emulated host makes side by side before its only processor starves. */
const CALLS = 4;

/** Until many domains serve, which the driver makes several at a time. */
export async function manyFigures(given: XlDriverUnderTest, aloneMs: number): Promise<readonly Figure[]> {
  const driver = given.open();
  const { page, host, bundleFile, port, addresses, body } = given;
  const owner = newId();
  const specs = addresses
    .slice(0, AT_ONCE)
    .map((address) => ({ id: newId(), owner, page, host, bundleFile, address, port }));
  try {
    const startedAt = performance.now();
    await inTurns(specs, CALLS, (spec) => served(driver, spec, body));
    return [
      {
        name: `until ${AT_ONCE} domains serve`,
        value: performance.now() - startedAt,
        unit: 'ms',
        peer: { name: `${AT_ONCE} times one alone`, value: AT_ONCE * aloneMs },
        note: `${CALLS} calls at a time, plain script; the host has one emulated processor for them all`,
      },
    ];
  } finally {
    await inTurns(specs, CALLS, (spec) => ended(driver, spec));
  }
}
