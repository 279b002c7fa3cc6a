/**
 * Starts replicas as a daemon would, tells their refs, and waits to be killed.
 * `node replica-parent.js STATE-FOLDER SPEC...`, each spec as JSON.
 */
import { processDriver } from '../../src/driver/process/process-driver.js';

const [stateDir = '', ...specs] = process.argv.slice(2);
const driver = processDriver({ stateDir, node: process.execPath, pool: { addresses: [], port: 0 } });
const outcomes = await Promise.all(specs.map((spec) => driver.create(JSON.parse(spec))));
process.stdout.write(`${JSON.stringify(outcomes)}\n`);
setInterval(() => {}, 60_000);
