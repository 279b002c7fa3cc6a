import type { Parsed, Problem } from '../problem.js';
import { type Entry, readEntries, type Token } from './master-lexer.js';
import { lowerCase, type Name, parseName, ROOT } from './name.js';
import { readRdata } from './rdata.js';
import { parseDuration, RdataReader } from './rdata-reader.js';
import type { ResourceRecord } from './record.js';
import { checkRecords } from './record-check.js';
import { parseType } from './rr-type.js';

const OTHER_CLASSES: ReadonlySet<string> = new Set(['CH', 'CS', 'HS']);

/** What one line of a master file leaves behind for the next. */
interface State {
  readonly file: string;
  readonly records: ResourceRecord[];
  origin: Name;
  owner: Name | null;
  defaultTtl: number | null;
  lastTtl: number | null;
}

/**
 * Reads a master file (RFC 1035 section 5, with `$TTL` of RFC 2308 section 4 and the generic form of RFC 3597) of a
 * zone. Every mistake is reported, each with file, line and column. A file need not have SOA and NS.
 */
export function parseMasterFile(
  text: string,
  options: { readonly file: string; readonly domain: string },
): Parsed<readonly ResourceRecord[]> {
  const { file } = options;
  const domain = parseName(options.domain, ROOT);
  if (!domain.ok) return { ok: false, problems: [{ where: 'domain', message: domain.message }] };
  const problems: Problem[] = [];
  const state: State = {
    file,
    records: [],
    origin: domain.name,
    owner: null,
    defaultTtl: null,
    lastTtl: null,
  };
  for (const entry of readEntries(text, file, problems)) {
    const [first] = entry.tokens;
    if (first === undefined) continue;
    const isDirective = first.text.startsWith('$') && !first.isQuoted && !entry.hasBlankOwner;
    const problem = isDirective
      ? readDirective(state, first, entry.tokens[1])
      : readRecord(state, entry, first);
    if (problem !== null) problems.push(problem);
  }
  problems.push(...checkRecords(state.records, lowerCase(domain.name)));
  return problems.length > 0 ? { ok: false, problems } : { ok: true, value: state.records };
}

function at(state: State, { line, column }: Token, message: string, hint?: string): Problem {
  return { where: state.file, line, column, message, ...(hint === undefined ? {} : { hint }) };
}

const TTL_HINT = 'a TTL is seconds, or numbers with units such as 1h30m';

function readDirective(state: State, directive: Token, argument: Token | undefined): Problem | null {
  const name = directive.text.toUpperCase();
  if (name !== '$ORIGIN' && name !== '$TTL') {
    return at(state, directive, `${directive.text} is not supported`, 'known are $ORIGIN and $TTL');
  }
  if (argument === undefined) return at(state, directive, `${directive.text} needs a value`);
  if (name === '$TTL') {
    state.defaultTtl = parseDuration(argument.text);
    return state.defaultTtl === null
      ? at(state, argument, `"${argument.text}" is not a TTL`, TTL_HINT)
      : null;
  }
  const parsed = parseName(argument.text, state.origin);
  if (!parsed.ok) return at(state, argument, parsed.message);
  state.origin = parsed.name;
  return null;
}

/** `[owner] [TTL] [class] type data`, TTL and class in either order. */
function readRecord(state: State, entry: Entry, first: Token): Problem | null {
  let next = 0;
  if (!entry.hasBlankOwner) {
    next = 1;
    const parsed = parseName(first.text, state.origin);
    state.owner = parsed.ok ? parsed.name : null;
    if (!parsed.ok) return at(state, first, parsed.message);
  }
  const { owner } = state;
  if (owner === null) return at(state, first, 'the owner is missing, and no record before it has one');

  let ttl: number | null = null;
  let token = entry.tokens[next];
  for (; token !== undefined; token = entry.tokens[next]) {
    const word = token.text.toUpperCase();
    if (OTHER_CLASSES.has(word)) return at(state, token, `class ${word} is not supported, only IN`);
    if (ttl === null && /^\d/.test(word)) {
      ttl = parseDuration(word);
      if (ttl === null) return at(state, token, `"${token.text}" is not a TTL`, TTL_HINT);
    } else if (word !== 'IN') break;
    next += 1;
  }
  if (token === undefined) return at(state, first, 'the type is missing');
  const type = parseType(token.text);
  if (type === null)
    return at(state, token, `"${token.text}" is not a record type`, 'TYPENNN stands for any');

  const data = entry.tokens.slice(next + 1);
  const fields = new RdataReader(data, state.origin, state.file, token);
  const rdata = readRdata(type, fields, data[0]?.text === '\\#');
  if (fields.problem !== null) return fields.problem;
  const usedTtl = ttl ?? state.defaultTtl ?? state.lastTtl;
  if (usedTtl === null) return at(state, token, 'the TTL is missing', 'begin the file with $TTL 1h');
  state.lastTtl = usedTtl;
  state.records.push({
    name: owner,
    type,
    ttl: usedTtl,
    rdata,
    source: { file: state.file, line: entry.line },
  });
  return null;
}
