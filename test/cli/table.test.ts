import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { displayWidth, formatTable } from '../../src/cli/table.js';

test('columns are aligned under their titles, numbers to the right, without blanks at the ends of lines', () => {
  const columns = [{ title: 'PAGE' }, { title: 'DEMAND', align: 'right' as const }, { title: 'WHY' }];
  assert.equal(
    formatTable(columns, [
      ['/index.html', '7', 'hot'],
      ['/a', '1234567', ''],
    ]),
    [
      'PAGE          DEMAND  WHY', //
      '/index.html        7  hot',
      '/a           1234567',
      '',
    ].join('\n'),
  );
});

test('wide characters take two cells and combining marks none', () => {
  assert.equal(displayWidth('日本🔥e\u0301'), 7);
  const lines = formatTable(
    [{ title: 'A' }, { title: 'B' }],
    [
      ['日本', 'x'],
      ['e\u0301', 'y'],
    ],
  );
  assert.equal(lines, 'A     B\n日本  x\ne\u0301     y\n');
});

test('names cannot speak to the terminal nor break the line', () => {
  assert.equal(formatTable([{ title: 'P' }], [['\u001b[2J\n\tx']]), 'P\n␛[2J␊␉x\n');
});

test('no line is wider than the terminal, whatever is in it', () => {
  const cell = fc.string({ unit: 'grapheme', maxLength: 30 });
  fc.assert(
    fc.property(fc.array(fc.tuple(cell, cell)), fc.integer({ min: 1, max: 60 }), (rows, width) => {
      const lines = formatTable([{ title: 'ONE' }, { title: 'TWO', align: 'right' }], rows, width)
        .split('\n')
        .slice(0, -1);
      assert.equal(lines.length, rows.length + 1);
      for (const line of lines) assert.ok(displayWidth(line) <= width, JSON.stringify(line));
    }),
  );
});
