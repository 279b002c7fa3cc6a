import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { createMetrics } from '../../src/telemetry/recorder.js';
import { findProgram, skipWithout } from '../helpers/program.js';
import { pageSample, SetClock, SOME_DNS_COUNTERS, SOME_POLICY } from '../helpers/telemetry.js';

function promtool(input: string): { readonly status: number | null; readonly text: string } {
  const { status, stdout, stderr } = spawnSync(findProgram('promtool') ?? 'promtool', ['check', 'metrics'], {
    input,
    encoding: 'utf8',
  });
  return { status, text: stdout + stderr };
}

test('promtool finds nothing wrong with the metrics', {
  skip: skipWithout('promtool', 'prometheus'),
}, async () => {
  const metrics = createMetrics({
    clock: new SetClock(),
    version: '1.2.3',
    drivers: ['process', 'qemu', 'xl', 'ec2'],
    dns: () => SOME_DNS_COUNTERS,
  });
  const policy = 'with "quotes"';
  metrics.setPage(pageSample('/a "quoted" \\ page\n.html', 1, 2));
  metrics.setPolicy({ ...SOME_POLICY, policy });
  metrics.countDecision({ policy, direction: 'up', reason: 'Panic' });
  metrics.observeTick(0.001);
  assert.deepEqual(promtool(await metrics.render()), { status: 0, text: '' });
});

test('promtool does find what is wrong', { skip: skipWithout('promtool', 'prometheus') }, () => {
  const { status, text } = promtool('# HELP hotzone_x_ms X.\n# TYPE hotzone_x_ms counter\nhotzone_x_ms 1\n');
  assert.notEqual(status, 0);
  assert.match(text, /_total/);
});
