import assert from 'node:assert/strict';
import { test } from 'node:test';
import { execa } from 'execa';
import fc from 'fast-check';
import { quoteCommand } from '../../../src/driver/xl/quote.js';

/** The words that a shell makes of a line, each ended by a NUL. */
async function wordsOf(shell: string, line: string): Promise<readonly string[]> {
  const { stdout } = await execa(shell, ['-c', line], { stripFinalNewline: false });
  return stdout.split('\0').slice(0, -1);
}

test('plain words stay readable, all others are quoted', () => {
  assert.equal(
    quoteCommand(['xl', 'create', '-q', '/var/lib/hotzone/a.cfg']),
    'xl create -q /var/lib/hotzone/a.cfg',
  );
  assert.equal(quoteCommand(['rm', "it's", '', '$HOME', '~', 'a b']), "rm 'it'\\''s' '' '$HOME' '~' 'a b'");
});

test('a shell gives every word back as it was', async () => {
  const nasty = [
    '',
    ' ',
    "'",
    '"',
    '\\',
    '\n',
    '$(id)',
    '`id`',
    '*',
    '~',
    '#',
    '!!',
    ';',
    '&&',
    '-n',
    'ä€',
    '=',
    'a=b',
    '{a,b}',
  ];
  for (const shell of ['sh', 'bash'])
    assert.deepEqual(await wordsOf(shell, quoteCommand(['printf', '%s\\0', ...nasty])), nasty);
});

test('so it is with whatever words there are', async () => {
  const word = fc.string({ unit: 'grapheme', maxLength: 20 }).filter((text) => !text.includes('\0'));
  await fc.assert(
    fc.asyncProperty(fc.array(word, { minLength: 1, maxLength: 6 }), async (words) => {
      assert.deepEqual(await wordsOf('sh', quoteCommand(['printf', '%s\\0', ...words])), words);
    }),
    { numRuns: 60 },
  );
});

test('a NUL cannot be said', () => {
  assert.throws(() => quoteCommand(['rm', 'a\0b']), /NUL/);
});
