/** Runs one bench in a process of its own: `fork('bench-process.js', [FILE, NAME])`; its only message is the figures. */
import type { Bench } from './figure.js';

const [file = '', wanted = ''] = process.argv.slice(2);
const { figures } = (await import(new URL(file, import.meta.url).href)) as { figures: readonly Bench[] };
for (const bench of figures) {
  if (bench.name === wanted) process.send?.(await bench.run());
}
process.disconnect();
