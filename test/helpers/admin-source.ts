import type {
  AdminSource,
  DecisionView,
  PageView,
  PlanView,
  ReplicaView,
  SampleView,
  StatusView,
} from '../../src/server/admin/source.js';

/** A page name that tries to be markup, an attribute's end, a terminal's command and a path to somewhere else. */
export const HOSTILE_PATH = '/<img src=x onerror=alert(1)>"\'&\u001b[31m/../%2e.html';

const COLD: PageView = {
  path: '/about.html',
  host: 'about.example.org',
  policy: 'default',
  demand: 0,
  demandIsLowerBound: false,
  queryRate: 0,
  requestRate: null,
  metric: 'demand',
  target: 50,
  desired: 0,
  serving: 0,
  booting: 0,
  draining: 0,
  pinned: null,
  paused: false,
  addresses: ['192.0.2.1'],
  ttl: 30,
  lastReason: 'demand 0/s is below activation 20/s',
};

const PAGES: readonly PageView[] = [
  COLD,
  {
    ...COLD,
    path: '/post/summoning.html',
    host: 'summoning.post.example.org',
    demand: 312.4,
    demandIsLowerBound: true,
    queryRate: 14.25,
    requestRate: 287,
    desired: 7,
    serving: 3,
    booting: 4,
    draining: 1,
    addresses: ['127.0.1.4', '127.0.1.5', '127.0.1.6', '2001:db8::7'],
    lastReason: 'demand 312/s needs 7 replicas at 50/s each',
  },
  { ...COLD, path: HOSTILE_PATH, host: 'img.example.org', policy: null, demand: null, target: null },
];

const CHAIN: DecisionView['chain'] = [
  { step: 'metric', value: 7, reason: 'MetricAboveTarget', detail: 'demand 312/s over target 50/s' },
  { step: 'tolerance', value: 7, reason: 'MetricAboveTarget', detail: 'outside of 10 %' },
  { step: 'bounds', value: 6, reason: 'TooManyReplicas', detail: 'maxReplicas is 6' },
];

const DECISIONS: readonly DecisionView[] = [
  {
    at: '2026-01-31T08:00:05.123Z',
    page: '/post/summoning.html',
    policy: 'default',
    from: 3,
    to: 6,
    serving: 3,
    measured: { stable: 312, panic: 400, complete: true, detail: '312 visits/s by DNS' },
    chain: CHAIN,
    actions: ['boot 01JABCDEFGHJKMNPQRSTVWXYZ0 on 127.0.1.7'],
    dryRun: false,
  },
  {
    at: '2026-01-31T07:59:00.000Z',
    page: HOSTILE_PATH,
    policy: '<b>default</b>',
    from: 1,
    to: 0,
    serving: 1,
    measured: null,
    chain: [{ step: 'metric', value: 0, reason: 'MetricBelowTarget', detail: '</script><script>alert(2)' }],
    actions: [],
    dryRun: true,
  },
];

const REPLICAS: readonly ReplicaView[] = (['serving', 'booting', 'draining', 'failed'] as const).map(
  (state, index) => ({
    id: `01JABCDEFGHJKMNPQRSTVWXYZ${index}`,
    page: index === 3 ? HOSTILE_PATH : '/post/summoning.html',
    host: 'summoning.post.example.org',
    policy: 'default',
    driver: 'process',
    state,
    reason: index === 3 ? 'exit code 1: <panic>' : 'the page is hot',
    address: `127.0.1.${index + 4}`,
    ref: index === 1 ? '' : String(4_000 + index),
    ageSeconds: 75 * (index + 1),
    stateSeconds: 12,
    requests: index === 0 ? 1_234 : null,
    openConnections: index === 0 ? 3 : null,
  }),
);

const STATUS: StatusView = {
  zone: 'example.org',
  serial: 2_026_013_101,
  version: '0.1.0',
  startedAt: '2026-01-31T06:00:00.000Z',
  uptimeSeconds: 7_230,
  counts: { pages: 3, hotPages: 1, serving: 3, booting: 4, draining: 1, failed: 1 },
  budget: { used: 9, limit: 20, hourlyCost: 0.09, maxHourlyCost: 0.5 },
  orders: [],
};

const PLAN: readonly PlanView[] = [
  {
    page: '/post/summoning.html',
    policy: 'default',
    current: 3,
    desired: 6,
    chain: CHAIN,
    actions: ['boot 3 by process'],
    dryRun: false,
  },
];

/** A page that got hot a while ago. */
const SAMPLES: readonly SampleView[] = Array.from({ length: 60 }, (_, n) => ({
  at: new Date(Date.parse('2026-01-31T07:50:05Z') + 10_000 * n).toISOString(),
  demand: n < 20 ? 2 : Math.min(312, 15 * (n - 19)),
  queryRate: n < 20 ? 1 : 14,
  requestRate: n < 22 ? null : Math.min(287, 14 * (n - 21)),
  measured: null,
  desired: n < 25 ? 0 : Math.min(7, n - 24),
  serving: n < 27 ? 0 : 3,
  replicas: n < 25 ? 0 : 7,
}));

/** A source that holds still; what a test wants to be different is given in `overrides`. */
export function staticSource(overrides: Partial<AdminSource> = {}): AdminSource {
  return {
    healthy: () => true,
    status: () => STATUS,
    pages: () => PAGES,
    page: (path) => PAGES.find((page) => page.path === path),
    deciding: (path) =>
      path === '/post/summoning.html'
        ? { measured: 'demand 312/s', current: 3, desired: 6, chain: CHAIN }
        : null,
    recent: (top) => [{ page: '/post/summoning.html', samples: SAMPLES }].slice(0, top),
    replicas: () => REPLICAS,
    decisions: ({ page, limit }) =>
      DECISIONS.filter((decision) => page === undefined || decision.page === page).slice(0, limit),
    explain: (path) =>
      PAGES.some((page) => page.path === path)
        ? [`${path} has 3 of 7 replicas`, ...CHAIN.map((step) => `  ${step.step}: ${step.detail}`)]
        : undefined,
    explainPast: (path, moment) => {
      if (moment.kind === 'ago' && moment.ms > 3_600_000)
        return { kind: 'refused', message: 'nothing is known', hint: 'the history begins an hour ago' };
      if (!PAGES.some((page) => page.path === path)) return { kind: 'no page' };
      const at = new Date(moment.kind === 'at' ? moment.wall : 0).toISOString();
      const nothing = { decision: null, measured: null, replicas: [], before: [], after: [] };
      return { kind: 'past', past: { at, lines: [`${path} at ${at}`], ...nothing } };
    },
    series: (path) => (PAGES.some((page) => page.path === path) ? [] : undefined),
    plan: () => PLAN,
    metrics: async () => '# HELP up Up.\n# TYPE up gauge\nup 1\n',
    ...overrides,
  };
}
