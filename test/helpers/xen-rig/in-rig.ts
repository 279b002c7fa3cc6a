import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { skipWithout } from '../program.js';
import { KERNEL } from '../qemu-driver.js';
import { bootRig, endRig, type RunningRig, runningRig } from './boot.js';
import { RIG_FOLDER_VARIABLE } from './folder.js';
import { untilReady } from './xen-host.js';

/** Set in the rig's network namespace. */
const INSIDE_VARIABLE = 'HOTZONE_XEN_RIG_INSIDE';
const BOOT_TIMEOUT_MS = 290_000;
/** Seconds (timeout(1)), for tests whose own process was ended meanwhile. */
const LIMIT = '280';

export const skipWithoutRig: string | false =
  (process.geteuid?.() === 0 ? false : 'needs root: it makes a disk for Xen and network devices') ||
  (existsSync('/etc/debian_version') ? false : "needs Debian: the Xen host is made of Debian's packages") ||
  skipWithout('qemu-system-x86_64', 'qemu-system-x86') ||
  skipWithout('mmdebstrap', 'mmdebstrap') ||
  skipWithout('mke2fs', 'e2fsprogs') ||
  skipWithout('xz', 'xz-utils') ||
  skipWithout('cpio', 'cpio') ||
  skipWithout('ssh', 'openssh-client') ||
  skipWithout('ip', 'iproute2') ||
  skipWithout('sysctl', 'procps') ||
  (existsSync(KERNEL) ? false : 'needs the page kernel: npm run kernel');

/**
 * Defines tests that have a Xen host beside them: the file runs itself again in the network namespace of the rig, which
 * is booted unless one runs already, and there `define` is called. `file` is the test file's own path.
 */
export async function inRig(
  title: string,
  file: string,
  define: (rig: RunningRig) => void | Promise<void>,
): Promise<void> {
  const inside = process.env[INSIDE_VARIABLE];
  if (inside !== undefined) {
    const rig = runningRig(inside) ?? assert.fail('the rig has ended');
    await define(rig);
    return;
  }
  describe(title, { skip: skipWithoutRig }, () => {
    const shared = process.env[RIG_FOLDER_VARIABLE];
    const folder = shared ?? mkdtempSync(join(tmpdir(), 'hotzone-rig-'));
    let rig: RunningRig;
    before(
      async () => {
        rig = runningRig(folder) ?? (await bootRig(folder));
        await untilReady(rig);
      },
      { timeout: BOOT_TIMEOUT_MS },
    );
    after(async () => {
      if (shared !== undefined) return;
      await endRig(folder);
      rmSync(folder, { recursive: true, force: true });
    });

    test('beside a real Xen', async () => {
      const { NODE_TEST_CONTEXT: _, ...environment } = process.env;
      const child = spawn('ip', ['netns', 'exec', rig.namespace, 'timeout', LIMIT, process.execPath, file], {
        env: { ...environment, [INSIDE_VARIABLE]: folder },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let output = '';
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (chunk: Buffer) => {
          output += chunk.toString();
        });
      const [code] = await once(child, 'close');
      assert.equal(code, 0, output);
      assert.match(output, /pass [1-9]/);
      process.stdout.write(output);
    });
  });
}
