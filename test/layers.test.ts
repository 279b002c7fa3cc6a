import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const src = fileURLToPath(new URL('../../src/', import.meta.url));

/** Folders by layer, top first. A file imports from its own folder and from layers below, never sideways or up. */
const LAYERS: readonly (readonly string[])[] = [
  ['main'],
  ['cli'],
  ['control', 'server'],
  ['driver', 'store', 'telemetry', 'content'],
  ['simulate'],
  ['scale', 'trace'],
  ['policy', 'load', 'dns', 'site'],
  ['problem', 'clock'],
];
const CORE = new Set(['simulate', 'trace', 'scale', 'policy', 'load', 'dns', 'site', 'problem']);
/** What makes a core function depend on the world instead of on its arguments. */
const WORLD =
  /\bDate\.now\(|\bnew Date\(\)|\bperformance\.now\(|\bMath\.random\(|\bprocess\.|\bset(Timeout|Interval|Immediate)\(/;

interface Source {
  readonly path: string;
  readonly folder: string;
  readonly text: string;
  readonly imports: readonly string[];
}

const sources: readonly Source[] = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((path) => /\.tsx?$/.test(path))
  .map((path) => {
    const text = readFileSync(join(src, path), 'utf8');
    const imports = [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => match[1] ?? '');
    return { path, folder: folderOf(path), text, imports };
  });

function folderOf(path: string): string {
  return (path.split('/')[0] ?? path).replace(/\.ts$/, '');
}

function importedFile(source: Source, specifier: string): string {
  const file = relative(src, resolve(join(src, dirname(source.path)), specifier)).replace(/\.js$/, '.ts');
  return existsSync(join(src, file)) ? file : `${file}x`;
}

function layerOf(folder: string): number {
  const layer = LAYERS.findIndex((folders) => folders.includes(folder));
  assert.notEqual(layer, -1, `src/${folder} has no place in LAYERS`);
  return layer;
}

test('the reader of imports sees the imports', () => {
  assert.ok(sources.length > 5);
  assert.ok(sources.some((source) => source.imports.some((specifier) => specifier.startsWith('../'))));
});

test('imports point down', () => {
  const wrong = sources.flatMap((source) =>
    source.imports
      .filter((specifier) => specifier.startsWith('.'))
      .map((specifier) => ({ from: source, to: importedFile(source, specifier) }))
      .filter(({ from, to }) => folderOf(to) !== from.folder && layerOf(folderOf(to)) <= layerOf(from.folder))
      .map(({ from, to }) => `${from.path} -> ${to}`),
  );
  assert.deepEqual(wrong, []);
});

/** A driver: what is below a folder of src/driver, but for what they share. */
function driverOf(path: string): string | null {
  const [top, name, ...file] = path.split('/');
  return top === 'driver' && file.length > 0 && name !== 'machine' ? (name ?? null) : null;
}

test('no driver leans on another one, and nothing that drivers share leans on one of them', () => {
  const drivers = new Set(sources.map(({ path }) => driverOf(path)).filter((name) => name !== null));
  assert.ok(drivers.has('qemu') && drivers.has('xl') && drivers.has('process'));
  const wrong = sources
    .filter((source) => source.folder === 'driver')
    .flatMap((source) =>
      source.imports
        .filter((specifier) => specifier.startsWith('.'))
        .map((specifier) => importedFile(source, specifier))
        .filter((to) => driverOf(to) !== null && driverOf(to) !== driverOf(source.path))
        .map((to) => `${source.path} -> ${to}`),
    );
  assert.deepEqual(wrong, []);
});

test('there are no import cycles', () => {
  const edges = new Map(
    sources.map((source) => [
      source.path,
      source.imports
        .filter((specifier) => specifier.startsWith('.'))
        .map((specifier) => importedFile(source, specifier)),
    ]),
  );
  const done = new Set<string>();
  const visit = (path: string, trail: readonly string[]): void => {
    assert.ok(!trail.includes(path), `cycle: ${[...trail, path].join(' -> ')}`);
    if (done.has(path)) return;
    for (const next of edges.get(path) ?? []) visit(next, [...trail, path]);
    done.add(path);
  };
  for (const path of edges.keys()) visit(path, []);
});

test('the core has no node: import, clock or randomness', () => {
  const wrong = sources
    .filter((source) => CORE.has(source.folder))
    .filter(
      (source) =>
        source.imports.some((specifier) => specifier.startsWith('node:')) || WORLD.test(source.text),
    )
    .map((source) => source.path);
  assert.deepEqual(wrong, []);
});

test('no file has grown past 300 lines', () => {
  const long = sources.filter((source) => source.text.split('\n').length > 300).map((source) => source.path);
  assert.deepEqual(long, []);
});
