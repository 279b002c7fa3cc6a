import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { act, intend, takeBack } from '../../src/control/acting.js';
import { saveBooks } from '../../src/control/books.js';
import { Decider } from '../../src/control/deciding.js';
import { Observer } from '../../src/control/observer.js';
import { planFor } from '../../src/control/planning.js';
import { type ControlUnderTest, controlState, servedPage } from '../helpers/control.js';
import { policyOf } from '../helpers/policies.js';
import { memoryStore } from '../helpers/store.js';
import { StubDriver, turn } from '../helpers/stub-driver.js';

const PAGES = [servedPage('a'), servedPage('b'), servedPage('c')];
/** Nine are wanted, at 0.1 an hour each. */
const POLICY = policyOf('minReplicas: 3\nplacement: [{ driver: process, hourlyCost: 0.1 }]\n');
const FOUR = { maxInstances: 5, maxHourlyCost: 0.4 };
const TWO = { maxInstances: 2, maxHourlyCost: 9 };

/** What may happen between one pass and the next, and in the middle of one. */
const EVENTS = [
  'a pass',
  'a pass',
  'a pass whose store refuses',
  'a crash before the store has it',
  'a crash before the driver has it',
  'the driver does one thing',
  'the driver does all that it is asked for',
  'a replica dies',
  'a crash',
] as const;

type Event = (typeof EVENTS)[number];

function begin({ state }: ControlUnderTest) {
  const now = state.clock.now();
  const pages = new Decider(state).all(now);
  return intend(state, planFor(state, pages, now), pages, now);
}

test('no order of passes, refusals, crashes and slow drivers gets more than the budget to exist', async (t) => {
  let booted = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom<Event>(...EVENTS), { minLength: 1, maxLength: 25 }),
      fc.constantFrom(FOUR, TWO),
      async (events, limits) => {
        const store = memoryStore(t);
        const driver = new StubDriver();
        driver.isHeld = true;
        const start = () => controlState(t, { pages: PAGES, policies: [POLICY], store, driver, ...limits });
        let life = start();
        const crash = async (): Promise<void> => {
          life.state.actuator.stop();
          life.state.prober.stopAll();
          // Whoever is dead hears nothing of what the driver still does.
          life = start();
          await new Observer(life.state, life.keeper, [driver]).adoptAll(1_000);
          await turn();
        };
        const look = (): void => {
          const known = store.replicas.all();
          const most = Math.min(limits.maxInstances, Math.round(limits.maxHourlyCost * 10));
          assert.ok(known.length <= most, `${known.length} in the store`);
          const ids = new Set(known.map(({ id }) => id));
          for (const id of driver.listed.keys())
            assert.ok(ids.has(id), `${id} runs, and is not in the store`);
        };
        for (const event of events) {
          life.clock.at += 60_000;
          if (event.startsWith('a pass')) {
            const intent = begin(life);
            if (event === 'a pass') {
              saveBooks(life.state);
              act(life.state, intent);
            } else act(life.state, takeBack(life.state, intent));
          } else if (event === 'a crash before the store has it') {
            begin(life);
            await crash();
          } else if (event === 'a crash before the driver has it') {
            begin(life);
            saveBooks(life.state);
            await crash();
          } else if (event === 'the driver does one thing') {
            await driver.release(driver.pending[0]);
          } else if (event === 'the driver does all that it is asked for') {
            await driver.release();
          } else if (event === 'a replica dies') {
            const [dead] = life.state.fleet.all().filter(({ state }) => state === 'booting');
            if (dead !== undefined) life.keeper.found({ kind: 'dead', replica: dead });
            await turn();
          } else await crash();
          booted = Math.max(booted, driver.listed.size);
          look();
        }
      },
    ),
    { numRuns: 100 },
  );
  assert.ok(booted > 1, `only ${booted} ever ran`);
});
