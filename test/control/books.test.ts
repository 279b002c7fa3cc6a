import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { saveBooks } from '../../src/control/books.js';
import { NO_HISTORY } from '../../src/scale/history.js';
import { openDatabase } from '../../src/store/database.js';
import { storeIn } from '../../src/store/store.js';
import { controlState } from '../helpers/control.js';
import { parsed } from '../helpers/policy.js';
import { replicaOf } from '../helpers/replicas.js';
import { ManualClock, temporaryFolder } from '../helpers/store.js';

test('a full disk leaves nothing half written, and everything to be written again', (t) => {
  const database = parsed(openDatabase(join(temporaryFolder(t), 'hotzone.db')));
  const store = storeIn(database, new ManualClock());
  t.after(() => store.close());
  const { state } = controlState(t, { store });
  const pages = Number(database.pragma('page_count', { simple: true }));
  database.pragma(`max_page_count = ${pages + 1}`);
  const reason = 'x'.repeat(3_000);
  const replicas = Array.from({ length: 20 }, () => replicaOf({ reason }));
  const address = state.addresses.lease('/a.html', 'r', 0);
  const history = { ...NO_HISTORY, failures: { process: { count: 3, at: 0 } } };
  state.histories.set('/a.html', history);
  for (const replica of replicas) state.fleet.add(replica);

  assert.throws(() => saveBooks(state, () => store.saveSerial(9)), { code: 'SQLITE_FULL' });
  assert.deepEqual(store.replicas.all(), []);
  assert.deepEqual(store.leases.all(), []);
  assert.equal(store.serial, 0);

  database.pragma('max_page_count = 1000000');
  saveBooks(state, () => store.saveSerial(9));
  const ids = store.replicas.all().map(({ id }) => id);
  assert.deepEqual(ids.sort(), replicas.map(({ id }) => id).sort());
  assert.equal(store.leases.all()[0]?.address, address);
  assert.deepEqual(store.histories.all().get('/a.html'), history);
  assert.equal(store.serial, 9);
});

test('what is written along belongs to the same transaction', (t) => {
  const { state } = controlState(t);
  const replica = replicaOf();
  state.fleet.add(replica);
  const failing = (): void => {
    throw new Error('no');
  };
  assert.throws(() => saveBooks(state, failing), /no/);
  assert.deepEqual(state.store.replicas.all(), []);
  saveBooks(state);
  assert.deepEqual(state.store.replicas.all(), [replica]);
});
