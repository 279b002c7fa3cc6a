import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parsePolicies } from '../../src/policy/parse.js';
import type { Policy } from '../../src/policy/policy.js';
import type { Bench, Figure } from './figure.js';
import { CONTENDERS, type Score, score } from './scoreboard/score.js';
import { type Trial, trials } from './scoreboard/workloads.js';

/** A longer trial takes minutes for each policy. */
const SHORT_MS = 86_400_000;

/** The same policy for all trials: that for sites whose origin tells what it answers, as every rival's servers do. */
const POLICY = 'lean.yaml';
const OTHER_POLICY = 'default.yaml';

export const figures: readonly Bench[] = trials().map((trial) => ({
  name: `scoreboard, ${trial.name}`,
  run: async () => figuresOf(trial),
}));

function figuresOf(trial: Trial): readonly Figure[] {
  const policy = shipped(POLICY);
  const scores = new Map(CONTENDERS.map((name) => [name, score(name, trial, policy)]));
  const { hotzone, HPA, ...others } = Object.fromEntries(scores) as Record<
    (typeof CONTENDERS)[number],
    Score
  >;
  const rivals = Object.entries({ HPA, ...others }).sort(([, a], [, b]) => total(a) - total(b));
  const [bestName = '', best = HPA] = rivals[0] ?? [];
  return [
    {
      name: `${trial.name}: hours with too few replicas, and replica-hours above need`,
      value: total(hotzone),
      unit: 'h',
      peer: { name: bestName, value: total(best) },
      goal: '<= 1 times',
      note: [['hotzone', hotzone] as const, ...rivals].map(([name, of]) => describe(name, of)).join('; '),
    },
    {
      name: `${trial.name}: changes per hour`,
      value: hotzone.changesPerHour,
      unit: '',
      peer: { name: 'HPA', value: HPA.changesPerHour },
      goal: '<= 1 times',
      ...(trial.note === undefined ? {} : { note: trial.note }),
    },
    ...(trial.workload.durationMs > SHORT_MS ? [] : [other(trial)]),
  ];
}

function other(trial: Trial): Figure {
  const of = score('hotzone', trial, shipped(OTHER_POLICY));
  return {
    name: `${trial.name}: the same with ${OTHER_POLICY}`,
    value: total(of),
    unit: 'h',
    note: `${describe('hotzone', of)}, ${of.changesPerHour.toFixed(2)} changes an hour`,
  };
}

function total({ short, excess }: Score): number {
  return short + excess;
}

function describe(name: string, { short, excess }: Score): string {
  return `${name} ${short.toFixed(3)} + ${excess.toFixed(3)}`;
}

function shipped(name: string): Policy {
  const file = fileURLToPath(new URL(`../../../policies/${name}`, import.meta.url));
  const parsed = parsePolicies(readFileSync(file, 'utf8'), file);
  const [policy] = parsed.ok ? parsed.value : [];
  if (policy === undefined) throw new Error(`${file} holds no policy`);
  return { ...policy, enabled: true };
}
