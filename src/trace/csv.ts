import { parseStamp } from './stamp.js';
import { OTHER, query, type Reading, unreadable } from './trace-query.js';

const COLUMNS = ['time', 'source', 'name', 'type'] as const;
type Column = (typeof COLUMNS)[number];

/** What the columns are called in other people's files. */
const ALIASES: Readonly<Record<string, Column>> = {
  time: 'time',
  timestamp: 'time',
  at: 'time',
  source: 'source',
  client: 'source',
  src: 'source',
  name: 'name',
  qname: 'name',
  host: 'name',
  type: 'type',
  qtype: 'type',
};

/**
 * Reads RFC 4180 lines of time, source, name and type: in this order, or as the first line names them, with others
 * beside them. A field in quotes may not hold a line break.
 */
export class CsvReader {
  #places: Readonly<Record<Column, number>> = { time: 0, source: 1, name: 2, type: 3 };
  #isFirst = true;

  read(line: string, near: number): Reading {
    if (line.trim() === '' || line.startsWith('#')) return OTHER;
    const fields = splitCsv(line);
    if (fields === null) return unreadable('a quote that does not end');
    if (this.#isFirst) {
      this.#isFirst = false;
      const places = header(fields);
      if (places !== null) {
        this.#places = places;
        return OTHER;
      }
    }
    const [time, source, name, type] = COLUMNS.map((column) => fields[this.#places[column]]?.trim() ?? '');
    const at = parseStamp(time ?? '', near);
    if (at === null) return unreadable(`"${time}" is no time: expected Unix seconds or 2026-11-24T12:00:00Z`);
    if (!source || !name || !type) return unreadable(`expected ${COLUMNS.join(', ')}`);
    if (!/^[A-Za-z0-9=]+$/.test(type)) return unreadable(`"${type}" is no type of a record`);
    return query(at, source, name, type);
  }
}

/** The places of the columns, where a line names all of them. */
function header(fields: readonly string[]): Readonly<Record<Column, number>> | null {
  const places: Partial<Record<Column, number>> = {};
  for (const [place, field] of fields.entries()) {
    const column = ALIASES[field.trim().toLowerCase()];
    if (column !== undefined) places[column] ??= place;
  }
  const { time, source, name, type } = places;
  if (time === undefined || source === undefined || name === undefined || type === undefined) return null;
  return { time, source, name, type };
}

function splitCsv(line: string): readonly string[] | null {
  if (!line.includes('"')) return line.split(',');
  const fields: string[] = [];
  let field = '';
  let isQuoted = false;
  for (let at = 0; at < line.length; at += 1) {
    const char = line[at] ?? '';
    if (isQuoted && char === '"' && line[at + 1] === '"') {
      field += '"';
      at += 1;
    } else if (char === '"') isQuoted = !isQuoted;
    else if (char === ',' && !isQuoted) {
      fields.push(field);
      field = '';
    } else field += char;
  }
  return isQuoted ? null : [...fields, field];
}
