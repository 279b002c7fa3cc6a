import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fleet } from '../../src/control/fleet.js';
import { replicaOf } from '../helpers/replicas.js';
import { memoryStore } from '../helpers/store.js';

test('what changed is written once, and what did not is not', (t) => {
  const store = memoryStore(t);
  const [known, other] = [replicaOf(), replicaOf()];
  const fleet = new Fleet([known]);
  fleet.save(store);
  assert.deepEqual(store.replicas.all(), []);
  fleet.add(other);
  fleet.save(store);
  fleet.saved();
  assert.deepEqual(store.replicas.all(), [other]);
  store.replicas.save({ ...other, reason: 'written by someone else' });
  fleet.save(store);
  assert.equal(store.replicas.all()[0]?.reason, 'written by someone else');
  fleet.patch(other.id, { ref: 'pid 7' });
  fleet.save(store);
  assert.deepEqual(store.replicas.all(), [{ ...other, ref: 'pid 7' }]);
});

test('what could not be written is written the next time', (t) => {
  const store = memoryStore(t);
  const replica = replicaOf();
  const fleet = new Fleet([]);
  fleet.add(replica);
  const failing = (): void => {
    fleet.save(store);
    throw new Error('full');
  };
  assert.throws(() => store.transaction(failing), /full/);
  assert.deepEqual(store.replicas.all(), []);
  store.transaction(() => fleet.save(store));
  assert.deepEqual(store.replicas.all(), [replica]);
});

test('what is gone stays in memory until that is on disk', (t) => {
  const store = memoryStore(t);
  const replica = replicaOf({ state: 'stopping' });
  const fleet = new Fleet([replica]);
  fleet.move(replica.id, 'gone', 'destroyed', 5);
  assert.equal(fleet.get(replica.id)?.state, 'gone');
  fleet.save(store);
  fleet.saved();
  assert.equal(fleet.get(replica.id), undefined);
  assert.deepEqual(store.replicas.all(), []);
});

test('a replica that is forgotten leaves no trace', (t) => {
  const store = memoryStore(t);
  const replica = replicaOf({ state: 'planned' });
  const fleet = new Fleet([]);
  fleet.add(replica);
  fleet.forget(replica.id);
  fleet.save(store);
  assert.deepEqual(fleet.all(), []);
  assert.deepEqual(store.replicas.all(), []);
});

test('every move is told with what was and what is; patches and unknown replicas are not', () => {
  const replica = replicaOf({ state: 'booting' });
  const fleet = new Fleet([replica]);
  const moves: string[] = [];
  fleet.onMove((before, after) => moves.push(`${before.state} ${after.state} ${after.reason}`));
  fleet.move(replica.id, 'probing', 'it answers', 7);
  fleet.patch(replica.id, { probeStreak: 1 });
  fleet.move('unknown', 'gone', '', 7);
  fleet.patch('unknown', { ref: 'x' });
  assert.deepEqual(moves, ['booting probing it answers']);
  assert.deepEqual(fleet.all(), [
    { ...replica, state: 'probing', reason: 'it answers', stateSince: 7, probeStreak: 1 },
  ]);
});

test('a move that the chart does not have throws, and changes nothing', () => {
  const replica = replicaOf({ state: 'booting' });
  const fleet = new Fleet([replica]);
  assert.throws(() => fleet.move(replica.id, 'gone', '', 1), /cannot go from booting to gone/);
  assert.deepEqual(fleet.all(), [replica]);
});

test('replicas are grouped by page', () => {
  const [one, two, three] = [replicaOf(), replicaOf({ page: '/b.html' }), replicaOf()];
  const groups = new Fleet([one, two, three]).byPage();
  assert.deepEqual(groups.get('/a.html'), [one, three]);
  assert.deepEqual(groups.get('/b.html'), [two]);
});
