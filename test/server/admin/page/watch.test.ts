import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Heard, watch } from '../../../../src/server/admin/page/watch.js';

/** A daemon and a clock that follow a script; `story` has what the reader sees and what the page does. */
function scene(options: {
  readonly answers: readonly boolean[];
  readonly streams: readonly (readonly Heard[])[];
}) {
  const answers = [...options.answers];
  const streams = options.streams.map((heard) => [...heard]);
  const story: string[] = [];
  const stop = new AbortController();
  let now = 1_000_000;
  const world = {
    refresh: async () => {
      const answer = answers.shift();
      if (answer === undefined) stop.abort();
      story.push(answer === false ? 'no answer' : 'refreshed');
      return answer ?? false;
    },
    openStream: () => {
      const heard = streams.shift() ?? [];
      story.push('asks for a stream');
      return {
        next: async () => heard.shift() ?? 'failed',
        close: () => story.push('closes it'),
      };
    },
    show: (link: { readonly kind: string }) => story.push(link.kind),
    now: () => now,
    wait: async (ms: number) => {
      now += ms;
    },
  };
  return { run: () => watch(world, stop.signal), story, world, elapsed: () => now - 1_000_000 };
}

test('it lives off the stream, and shows news as they come', async () => {
  const { run, story } = scene({
    answers: [true, true, true],
    streams: [['opened', 'news', 'news', 'failed']],
  });
  await run();
  assert.deepEqual(
    story,
    [
      'connecting',
      'refreshed',
      'asks for a stream',
      'live',
      'live',
      'refreshed',
      'refreshed',
      'closes it',
      'refreshed',
    ].filter((word, index, all) => word !== 'live' || all[index - 1] !== 'live'),
  );
});

test('without a stream it asks, says so, and tries for a stream again after 15 s', async () => {
  const { run, story } = scene({
    answers: Array(10).fill(true),
    streams: [['failed'], ['opened', 'failed']],
  });
  await run();
  const between = story.slice(story.indexOf('closes it') + 1, story.lastIndexOf('asks for a stream'));
  assert.equal(between.filter((word) => word === 'polling').length, 8);
  assert.equal(story.filter((word) => word === 'live').length, 1);
});

test('when nothing answers it says since when, and comes back by itself', async () => {
  const seen: unknown[] = [];
  const { run, world, story } = scene({
    answers: [true, false, false, true],
    streams: [
      ['opened', 'failed'],
      ['opened', 'failed'],
    ],
  });
  const { show } = world;
  world.show = (link) => {
    seen.push(link);
    return show(link);
  };
  await run();
  assert.deepEqual(seen.slice(0, 5), [
    { kind: 'connecting' },
    { kind: 'live' },
    { kind: 'lost', since: 1_000_000 },
    { kind: 'lost', since: 1_000_000 },
    { kind: 'live' },
  ]);
  assert.equal(story.filter((word) => word === 'asks for a stream').length, 2);
});

test('a stream that has gone silent is given up for another one', async () => {
  const { run, story } = scene({
    answers: [true, true, true],
    streams: [
      ['opened', 'silent'],
      ['opened', 'news', 'failed'],
    ],
  });
  await run();
  assert.equal(story.filter((word) => word === 'asks for a stream').length, 2);
  assert.equal(story.filter((word) => word === 'closes it').length, 2);
});

test('a flood of news is shown once a second', async () => {
  const { run, elapsed } = scene({
    answers: Array(21).fill(true),
    streams: [['opened', ...Array<Heard>(20).fill('news')]],
  });
  await run();
  assert.ok(elapsed() >= 20_000, `${elapsed()} ms`);
});
