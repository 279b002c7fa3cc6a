import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LiveEvents, SampleView } from '../../src/server/admin/source.js';
import { DOMAIN } from '../helpers/daemon/hotzone.js';
import { visitOrigin } from '../helpers/daemon/load.js';
import { html, Scene } from '../helpers/daemon/scene.js';
import { EventClient } from '../helpers/event-client.js';

const PAGE = '/hot.html';

test('who listens sees a page get hot and cool, and the series has it afterwards', async (t) => {
  const scene = await Scene.set(t, { 'index.html': html('index'), 'hot.html': html('hot') });
  const daemon = await scene.start();
  const client = await EventClient.open(daemon.admin);
  t.after(() => client.close());
  const load = visitOrigin(daemon, `hot-html.${DOMAIN}`, 60);
  const of = <Type extends keyof LiveEvents>(type: Type): readonly LiveEvents[Type][] =>
    client.of(type) as readonly LiveEvents[Type][];
  await daemon.until('a tick shows it serving', () => {
    const page = of('tick').at(-1)?.pages[0];
    return page?.path === PAGE && page.serving > 0 && (page.requestRate ?? 0) > 4;
  });
  await load.end();
  await daemon.until('the last replica is gone', () => {
    const states = new Map(of('replica').map(({ replica }) => [replica.id, replica.state]));
    return states.size > 0 && [...states.values()].every((state) => state === 'gone');
  });
  assert.equal(of('surge')[0]?.page, PAGE);
  const decided = of('decided').find(({ to }) => to > 0);
  assert.match(decided?.actions[0] ?? '', /^boot /);
  assert.ok((decided?.measured?.panic ?? 0) > 0);
  const [first] = of('replica');
  assert.deepEqual([first?.from, first?.replica.state, first?.replica.page], [null, 'planned', PAGE]);
  assert.ok(of('reacted').length > 0);
  assert.ok(of('published').length > 0);
  const tick = of('tick').at(-1);
  assert.equal(tick?.status.healthy, true);
  assert.equal(tick?.status.zone, DOMAIN);
  const ids = client.events.flatMap(({ id }) => (id === null ? [] : [Number(id.split('-')[1])]));
  assert.deepEqual(
    ids,
    ids.map((_, index) => (ids[0] ?? 0) + index),
    'one after the other, without a hole',
  );
  const { series } = await daemon.api<{ series: SampleView[] }>(`series?page=${PAGE}&from=-5m`);
  assert.ok(series.some(({ desired, requestRate }) => desired > 0 || (requestRate ?? 0) > 0));
});
