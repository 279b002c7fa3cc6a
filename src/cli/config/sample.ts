import { stringify } from 'yaml';
import { FIELD_NAMES, type FieldName, fieldOf } from './fields.js';

const HEAD = `# What "hotzone serve" is started with. An option on the command line wins over what is here; paths count from this
# file's folder. After an edit: "hotzone check --config FILE", then restart the daemon.
version: 1
`;

const WIDTH = 110;
/** Shown in the place of what has no default. */
const EXAMPLES: Partial<Record<FieldName, unknown>> = {
  domain: 'www.example.com',
  site: './public',
  nameServer: ['ns1.www.example.com=192.0.2.53'],
  hostmaster: 'hostmaster@example.com',
  zoneFile: './www.example.com.zone',
  originAddress: ['192.0.2.80'],
  originCounts: '/run/hotzone/origin.sock',
  maxHourlyCost: 0.25,
  bridge: 'br0',
  cgroup: '/sys/fs/cgroup/hotzone.slice',
  xenHost: ['root@dom0.example'],
  xenSshKey: './id_ed25519',
  xenKnownHosts: './known_hosts',
  xenGateway: '10.77.0.1/24',
  adminTokenFile: './admin-token',
};

/**
 * A configuration file with every setting there is: those of `values` are in force, all others are comments with their
 * default or an example.
 */
export function sampleConfig(values: ReadonlyMap<FieldName, unknown>): string {
  const lines: string[] = [];
  let section = '';
  for (const name of FIELD_NAMES) {
    const { key, about } = fieldOf(name);
    const [first = '', rest] = key.split('.');
    const indent = rest === undefined ? '' : '  ';
    if (first !== section) lines.push('', ...(rest === undefined ? [] : [`${first}:`]));
    section = first;
    lines.push(...comment(about, indent), ...setting(name, rest ?? first, indent, values));
  }
  return `${HEAD}${lines.join('\n')}\n`;
}

function setting(
  name: FieldName,
  key: string,
  indent: string,
  values: ReadonlyMap<FieldName, unknown>,
): readonly string[] {
  const field = fieldOf(name);
  const given = values.get(name);
  const value = field.write(given ?? field.fallback ?? undefined) ?? EXAMPLES[name];
  const text = stringify({ [key]: value }, { lineWidth: 0, collectionStyle: 'flow' }).trim();
  // One map in flow style is written as `{ key: value }`.
  const line = text.replace(/^\{\s*/, '').replace(/\s*\}$/, '');
  return [`${indent}${given === undefined ? '# ' : ''}${line}`];
}

function comment(text: string, indent: string): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || indent.length + last.length + word.length + 3 > WIDTH) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines.map((line) => `${indent}# ${line}`);
}
