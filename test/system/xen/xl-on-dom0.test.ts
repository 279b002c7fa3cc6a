import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { carryOver } from '../../helpers/xen-rig/carry-over.js';
import { inRig } from '../../helpers/xen-rig/in-rig.js';
import { remainsOf } from '../../helpers/xen-rig/remains.js';
import { inDom0 } from '../../helpers/xen-rig/xen-host.js';

await inRig('domains of Xen, made where hotzone runs', fileURLToPath(import.meta.url), (rig) => {
  test('the driver does without ssh what every driver has to do', async (t) => {
    const folder = await carryOver(rig);
    const before = await remainsOf(rig);
    const program = join(folder, 'dist/test/system/xen/on-dom0.js');
    const { exitCode, stdout, stderr } = await inDom0(rig, ['node', '--test-reporter=tap', program]);
    assert.equal(exitCode, 0, `${stdout}\n${stderr}`);
    assert.match(stdout, /^# pass [1-9]/m);
    assert.match(stdout, /^# skipped 0$/m);
    for (const [, name] of stdout.matchAll(/^ +ok \d+ - (.*)$/gm)) t.diagnostic(name ?? '');
    assert.deepEqual(await remainsOf(rig), before);
  });
});
