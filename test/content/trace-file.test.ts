import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { readTraceFile } from '../../src/content/trace-file.js';
import { formatProblem } from '../../src/problem.js';
import type { Trace } from '../../src/trace/trace.js';
import { dnstapOf, frameStreamOf } from '../helpers/dnstap.js';

function fileOf(t: TestContext, content: string | Buffer): string {
  const folder = mkdtempSync(join(tmpdir(), 'hotzone-trace-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'log');
  writeFileSync(file, content);
  return file;
}

async function read(file: string): Promise<Trace & { readonly format: string }> {
  const found = await readTraceFile(file, null);
  if (!found.ok) throw new Error(found.problems.map(formatProblem).join('\n'));
  return { ...found.value.trace, format: found.value.format };
}

async function problem(file: string, format: 'csv' | null = null): Promise<string> {
  const found = await readTraceFile(file, format);
  assert.ok(!found.ok);
  return found.problems.map(formatProblem).join('\n').replace(file, 'log');
}

const CSV = Array.from(
  { length: 20_000 },
  (_, row) => `${1_795_522_637 + row},192.0.2.${row % 250},a.example,A`,
);

test('a log is the same read plain and gzipped, with and without a line break at its end', async (t) => {
  const plain = await read(fileOf(t, CSV.join('\n')));
  const gzipped = await read(fileOf(t, gzipSync(`${CSV.join('\r\n')}\r\n`)));
  assert.deepEqual(plain, gzipped);
  assert.equal(plain.times.length, 20_000);
  assert.equal(plain.sources.length, 250);
  assert.equal(plain.format, 'csv');
});

test('lines that cannot be read are counted, and the first of them are shown with their numbers', async (t) => {
  const lines = [...CSV];
  for (const row of [100, 9_000, 9_001, 12_000, 12_001, 12_002]) lines[row] = 'rubbish';
  const { notes, times } = await read(fileOf(t, lines.join('\n')));
  assert.equal(times.length, CSV.length - 6);
  assert.equal(notes.unreadable, 6);
  assert.equal(notes.lines, CSV.length);
  assert.deepEqual(
    notes.examples.map(({ line }) => line),
    [101, 9_001, 9_002, 12_001, 12_002],
  );
});

test('a dnstap file is known by its beginning, and one that ends within a frame tells it', async (t) => {
  const frames = Array.from({ length: 3 }, () => dnstapOf());
  const whole = await read(fileOf(t, frameStreamOf(frames)));
  assert.equal(whole.format, 'dnstap');
  assert.equal(whole.times.length, 3);
  const file = fileOf(t, frameStreamOf(frames));
  truncateSync(file, frameStreamOf(frames).length - 40);
  const cut = await read(file);
  assert.equal(cut.times.length, 2);
  assert.deepEqual(cut.notes.examples, [{ line: 3, reason: 'the file ends within a frame' }]);
});

test('what is no log, an empty file, a folder and a broken gzip file are told, with what to do', async (t) => {
  assert.match(await problem(fileOf(t, 'GET / HTTP/1.1\n')), /^log: holds no query .*; give --format bind\|/);
  assert.match(await problem(fileOf(t, '')), /^log: holds no query/);
  assert.match(await problem(fileOf(t, Buffer.alloc(200_000))), /^log: holds no query/);
  assert.match(await problem(fileOf(t, 'a,b,c,d'), 'csv'), /reads as csv; line 1: "a" is no time/);
  assert.match(await problem('/nonexistent'), /does not exist; check the path/);
  assert.match(await problem('/tmp'), /cannot be used \(EISDIR\)/);
  const broken = gzipSync(CSV.join('\n'));
  assert.match(await problem(fileOf(t, broken.subarray(0, 2_000))), /ends or breaks within its gzip data/);
});
