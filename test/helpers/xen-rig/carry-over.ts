import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { inDom0, type XenHost } from './xen-host.js';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
const THERE = '/var/tmp/hotzone';
/** The only one that is no JavaScript, and no driver has a database. */
const NATIVE = 'better-sqlite3';
const NOT_NEEDED = ['*.map', '*.ts', '*.cts', '*.mts', '*.md', '*.test.js'].map(
  (name) => `--exclude=${name}`,
);

/** Copies what this package is built to into a control domain, and what it depends on; resolves to the folder. */
export async function carryOver(host: XenHost): Promise<string> {
  const packages = Object.keys(dependenciesOf(join(ROOT, 'package.json'))).filter((name) => name !== NATIVE);
  const modules = [...withDependencies(packages)].map((name) => join('node_modules', name));
  const paths = ['package.json', 'dist/src', 'dist/test', ...modules];
  const { stdout } = await execa('tar', ['-c', ...NOT_NEEDED, '-C', ROOT, ...paths], { encoding: 'buffer' });
  await inDom0(host, ['mkdir', '-p', THERE]);
  const { exitCode, stderr } = await inDom0(host, ['tar', '-x', '-C', THERE], stdout);
  if (exitCode !== 0) throw new Error(`the package does not get into the control domain: ${stderr}`);
  return THERE;
}

/** npm puts a package beside those that need it, unless another version is there; that one goes with its own folder. */
function withDependencies(names: readonly string[]): ReadonlySet<string> {
  const found = new Set<string>();
  const add = (name: string): void => {
    const file = join(ROOT, 'node_modules', name, 'package.json');
    if (found.has(name) || !existsSync(file)) return;
    found.add(name);
    for (const dependency of Object.keys(dependenciesOf(file))) add(dependency);
  };
  for (const name of names) add(name);
  return found;
}

function dependenciesOf(file: string): Readonly<Record<string, string>> {
  const { dependencies = {} } = JSON.parse(readFileSync(file, 'utf8')) as {
    readonly dependencies?: Readonly<Record<string, string>>;
  };
  return dependencies;
}
