import assert from 'node:assert/strict';
import { test } from 'node:test';
import { notMeasured, withContenders } from '../bench/unikernel/contenders.js';
import { Machine } from '../bench/unikernel/machine.js';
import { userNetwork } from '../bench/unikernel/network.js';

test(
  'the page kernel and the peer that it is measured beside serve the same page',
  {
    skip: notMeasured('')?.note ?? false,
  },
  () =>
    withContenders(async ({ page, ours, theirs }) => {
      for (const contender of [ours, theirs]) {
        const machine = new Machine(contender, await userNetwork());
        try {
          assert.notEqual(await machine.serves(page), null, machine.console);
        } finally {
          await machine.stop();
        }
      }
    }),
);
