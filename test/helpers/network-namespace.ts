import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { skipWithout } from './program.js';

/** Where the tests run, once they run inside. */
const INSIDE = process.env.HOTZONE_TEST_NAMESPACE;

/** What tests say with `diagnostic`, and not what node:test says of them. */
const REMARK = /^ *# (?!Subtest|(?:tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) \d)(.*)$/gm;

/** For node:test's `skip`. */
export const skipWithoutTap: string | false =
  skipWithout('ip', 'iproute2') ||
  (process.geteuid?.() === 0 ? false : 'needs root: it makes network devices') ||
  (existsSync('/dev/net/tun') ? false : 'needs /dev/net/tun: modprobe tun');

/**
 * Tests in a network namespace of their own, in which devices, addresses and ports are nobody else's: the file at `url`
 * runs itself again in there, and every test that `inside` makes is reported here.
 */
export async function testInNamespace(
  title: string,
  url: string,
  skip: string | false,
  inside: (namespace: string) => void | Promise<void>,
): Promise<void> {
  if (INSIDE !== undefined) return inside(INSIDE);
  describe(title, { skip }, () => {
    const namespace = `hotzone-${process.pid}`;
    before(() => execa('ip', ['netns', 'add', namespace]));
    after(async () => {
      // Whatever runs in there was left by a test of this file, and would run on without the namespace's name.
      const { stdout: pids } = await execa('ip', ['netns', 'pids', namespace]);
      for (const pid of pids.split('\n').filter((line) => line !== '')) process.kill(Number(pid), 'SIGKILL');
      await execa('ip', ['netns', 'delete', namespace]);
      assert.equal(pids, '', 'processes were left behind');
    });

    test('in a network namespace', async (t) => {
      const { NODE_TEST_CONTEXT: _, ...environment } = process.env;
      const node = [process.execPath, '--test-reporter=tap', fileURLToPath(url)];
      const child = spawn('ip', ['netns', 'exec', namespace, ...node], {
        env: { ...environment, HOTZONE_TEST_NAMESPACE: namespace },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      t.after(() => child.kill());
      let output = '';
      for (const stream of [child.stdout, child.stderr])
        stream.setEncoding('utf8').on('data', (chunk: string) => {
          output += chunk;
        });
      const [code] = await once(child, 'close');
      for (const { name, isOk, skip } of testsOf(output))
        await t.test(name, { skip }, () => assert.ok(isOk, output));
      for (const [, remark = ''] of output.matchAll(REMARK)) t.diagnostic(remark);
      assert.equal(code, 0, output);
      assert.match(output, /^# pass [1-9]/m, output);
    });
  });
}

interface Report {
  readonly name: string;
  readonly isOk: boolean;
  readonly skip: string | false;
}

/** The tests, without the suites around them, of what node:test says in TAP: a verdict, and facts between lines. */
function testsOf(tap: string): readonly Report[] {
  const verdicts = tap.matchAll(
    /^( *)(ok|not ok) \d+ - (.*?)(?: # SKIP ?(.*))?\n\1 {2}---\n([\s\S]*?)\n\1 {2}\.\.\.$/gm,
  );
  return [...verdicts]
    .filter(([, , , , , facts = '']) => !facts.includes("type: 'suite'"))
    .map(([, , verdict, name = '', skip]) => ({ name, isOk: verdict === 'ok', skip: skip ?? false }));
}
