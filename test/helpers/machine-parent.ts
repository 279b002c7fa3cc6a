/**
 * Starts virtual machines as a daemon would, tells their refs, and waits to be killed.
 * `node machine-parent.js OPTIONS SPEC...`, each as JSON.
 */
import { qemuDriver } from '../../src/driver/qemu/qemu-driver.js';

const [options = '', ...specs] = process.argv.slice(2);
const driver = qemuDriver(JSON.parse(options));
const outcomes = await Promise.all(specs.map((spec) => driver.create(JSON.parse(spec))));
process.stdout.write(`${JSON.stringify(outcomes)}\n`);
setInterval(() => {}, 60_000);
