import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type ReadEvent, readEvents } from '../../src/cli/event-reader.js';

async function read(chunks: readonly (string | Uint8Array)[]): Promise<readonly ReadEvent[]> {
  async function* body(): AsyncGenerator<Uint8Array> {
    for (const chunk of chunks) yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
  }
  const events: ReadEvent[] = [];
  for await (const event of readEvents(body())) events.push(event);
  return events;
}

test('events have a type, an id and data of several lines, whatever ends a line', async () => {
  const expected = [
    { id: '7', type: 'tick', data: 'a\nb' },
    { id: null, type: 'message', data: '' },
  ];
  for (const end of ['\n', '\r\n', '\r']) {
    const lines = [
      ': hello',
      '',
      'id: 7',
      'event: tick',
      'data: a',
      'data:b',
      '',
      'retry: 3',
      '',
      'data',
      '',
      '',
    ];
    assert.deepEqual(await read([lines.join(end)]), expected, JSON.stringify(end));
  }
  assert.deepEqual(await read(['data: unfinished\n']), []);
});

test('how a stream is cut into chunks changes nothing', async () => {
  const text = Buffer.from('id: 1\nevent: a\ndata: {"x":"“ü”: 1"}\n\n: beat\n\nevent: b\ndata: 2\n\n');
  const whole = await read([text]);
  assert.equal(whole.length, 2);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(text.length), { maxLength: 6 }), async (cuts) => {
      const at = [0, ...cuts.sort((a, b) => a - b), text.length];
      const chunks = at.slice(1).map((end, index) => text.subarray(at[index], end));
      assert.deepEqual(await read(chunks), whole);
    }),
  );
});

test('an event without an end is not waited for forever', async () => {
  await assert.rejects(
    read(Array.from({ length: 20 }, () => 'data: '.padEnd(1_000_000, 'x'))),
    /does not end/,
  );
});
