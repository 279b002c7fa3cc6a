import type { RdataReader } from './rdata-reader.js';
import { readServiceParameters } from './rdata-svcb.js';
import { formatType, TYPE } from './rr-type.js';

const MAX_RDATA = 65_535;

type Form = (fields: RdataReader) => readonly Buffer[];

/** How the data of each type are written in a master file; the sections are of RFC 1035 where no other RFC is named. */
const FORMS = new Map<number, Form>([
  [TYPE.A, (fields) => [fields.address(4)]],
  [TYPE.AAAA, (fields) => [fields.address(16)]],
  [TYPE.NS, (fields) => [fields.name('the name server')]],
  [TYPE.CNAME, (fields) => [fields.name('the target')]],
  [TYPE.PTR, (fields) => [fields.name('the target')]],
  [TYPE.MX, (fields) => [fields.integer('the preference', 2), fields.name('the mail exchange')]],
  [
    TYPE.SOA,
    (fields) => [
      fields.name('the primary name server'),
      fields.name('the mailbox'),
      fields.integer('the serial', 4),
      fields.duration('refresh'),
      fields.duration('retry'),
      fields.duration('expire'),
      fields.duration('minimum'),
    ],
  ],
  [TYPE.HINFO, (fields) => [fields.lengthAndString('the CPU'), fields.lengthAndString('the OS')]],
  [TYPE.TXT, readStrings],
  // RFC 2782
  [
    TYPE.SRV,
    (fields) => [
      fields.integer('the priority', 2),
      fields.integer('the weight', 2),
      fields.integer('the port', 2),
      fields.name('the target'),
    ],
  ],
  // RFC 8659 section 4.1
  [TYPE.CAA, (fields) => [fields.integer('the flags', 1), readCaaTag(fields), fields.string('the value')]],
  // RFC 4034 section 5.3
  [
    TYPE.DS,
    (fields) => [
      fields.integer('the key tag', 2),
      fields.integer('the algorithm', 1),
      fields.integer('the digest type', 1),
      fields.encoded('the digest', 'hex'),
    ],
  ],
  [TYPE.SVCB, readService],
  [TYPE.HTTPS, readService],
]);

/** The data in wire form; a mistake is left in `fields.problem`. Any type may be written as `\# length hex` (RFC 3597). */
export function readRdata(type: number, fields: RdataReader, isGeneric: boolean): Buffer {
  const form = FORMS.get(type);
  let rdata: Buffer = Buffer.alloc(0);
  if (isGeneric) rdata = readGeneric(fields);
  else if (form !== undefined) rdata = Buffer.concat(form(fields));
  else
    fields.fail(
      `the form of ${formatType(type)} data is not known`,
      'write them as \\# LENGTH HEX (RFC 3597)',
    );
  if (!fields.isAtEnd) fields.fail(`"${fields.word('')}" is too much for ${formatType(type)} data`);
  if (rdata.length > MAX_RDATA) fields.fail(`the data have ${rdata.length} octets, more than ${MAX_RDATA}`);
  return rdata;
}

function readGeneric(fields: RdataReader): Buffer {
  fields.word('\\#');
  const length = fields.integer('the length', 2).readUInt16BE(0);
  const rdata = fields.encoded('the data', 'hex');
  if (rdata.length !== length) fields.fail(`the data have ${rdata.length} octets, not ${length} as it says`);
  return rdata;
}

function readStrings(fields: RdataReader): readonly Buffer[] {
  const strings = [fields.lengthAndString('the text')];
  while (!fields.isAtEnd) strings.push(fields.lengthAndString('the text'));
  return strings;
}

function readCaaTag(fields: RdataReader): Buffer {
  const tag = fields.lengthAndString('the tag');
  if (!/^[a-z0-9]+$/i.test(tag.toString('latin1', 1))) fields.fail('a tag has letters and digits only');
  return tag;
}

/** RFC 9460 section 2.1. */
function readService(fields: RdataReader): readonly Buffer[] {
  return [fields.integer('the priority', 2), fields.name('the target'), ...readServiceParameters(fields)];
}
