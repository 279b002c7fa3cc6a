/** Writes what is generated below `grafana/`: `npm run grafana`. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generatedFiles } from './files.js';

const grafana = fileURLToPath(new URL('../../../grafana/', import.meta.url));
for (const [path, text] of generatedFiles()) {
  const file = join(grafana, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
