import { z } from 'zod';

/**
 * The fields of the API's answers that the commands print (`server/admin/source.ts` has all of them); what else is
 * in an answer stays in it, for --json.
 */
const measured = z.number().nullable();

const step = z.looseObject({ step: z.string(), value: z.number(), reason: z.string(), detail: z.string() });

export const statusAnswer = z.looseObject({
  healthy: z.boolean(),
  zone: z.string(),
  serial: z.number(),
  version: z.string(),
  uptimeSeconds: z.number(),
  counts: z.looseObject({
    pages: z.number(),
    hotPages: z.number(),
    serving: z.number(),
    booting: z.number(),
    draining: z.number(),
    failed: z.number(),
  }),
  budget: z.looseObject({ used: z.number(), limit: z.number() }),
  orders: z.array(
    z.looseObject({
      kind: z.string(),
      page: z.string().nullable(),
      replicas: measured,
      until: z.string().nullable(),
      by: z.string(),
    }),
  ),
});

const page = z.looseObject({
  path: z.string(),
  demand: measured,
  demandIsLowerBound: z.boolean(),
  queryRate: measured,
  requestRate: measured,
  target: measured,
  desired: z.number(),
  serving: z.number(),
  booting: z.number(),
  draining: z.number(),
  addresses: z.array(z.string()),
  lastReason: z.string(),
});

const replica = z.looseObject({
  id: z.string(),
  page: z.string(),
  driver: z.string(),
  state: z.string(),
  reason: z.string(),
  address: z.string(),
  ageSeconds: z.number(),
});

const plan = z.looseObject({
  page: z.string(),
  policy: z.string(),
  current: z.number(),
  desired: z.number(),
  chain: z.array(step),
  actions: z.array(z.string()),
  dryRun: z.boolean(),
});

export const pagesAnswer = z.looseObject({ total: z.number(), pages: z.array(page) });
export const replicasAnswer = z.looseObject({ replicas: z.array(replica) });
export const explainAnswer = z.looseObject({ page: z.string(), lines: z.array(z.string()) });
export const planAnswer = z.looseObject({ plan: z.array(plan) });

export type StatusAnswer = z.infer<typeof statusAnswer>;
export type PageAnswerRow = z.infer<typeof page>;
export type ReplicaRow = z.infer<typeof replica>;
export type PlanRow = z.infer<typeof plan>;
