/**
 * A domain name in wire form (RFC 1035 section 3.1) as a string of octets, one character each, with the closing
 * root label: `'\x03www\x07example\x03com\x00'`. Letter case is kept; names are compared by `lowerCase(name)`.
 */
export type Name = string;

export const ROOT: Name = '\0';
export const MAX_LABEL = 63;
/** Octets of a name in wire form, length octets and root label included (RFC 1035 section 2.3.4). */
export const MAX_NAME = 255;

export type ParsedName =
  | { readonly ok: true; readonly name: Name }
  | { readonly ok: false; readonly message: string };

/**
 * Reads the presentation form (RFC 1035 section 5.1): `\X` and `\DDD` escapes, `@` for the origin, and the origin
 * appended where the closing dot is missing.
 */
export function parseName(text: string, origin: Name): ParsedName {
  if (text === '@') return { ok: true, name: origin };
  if (text === '.') return { ok: true, name: ROOT };
  if (text === '') return { ok: false, message: 'a name is empty' };
  let name = '';
  let label = '';
  let at = 0;
  while (at < text.length) {
    const char = text.charAt(at);
    if (char === '.') {
      const wrong = labelProblem(label, text);
      if (wrong !== null) return { ok: false, message: wrong };
      name += String.fromCharCode(label.length) + label;
      label = '';
      at += 1;
      continue;
    }
    const octet = readOctet(text, at);
    if (octet === null) return { ok: false, message: octetProblem(text, at) };
    label += String.fromCharCode(octet.value);
    at += octet.length;
  }
  if (label === '') name += ROOT;
  else {
    const wrong = labelProblem(label, text);
    if (wrong !== null) return { ok: false, message: wrong };
    name += String.fromCharCode(label.length) + label + origin;
  }
  if (name.length > MAX_NAME) {
    return { ok: false, message: `the name "${text}" has ${name.length} octets, more than ${MAX_NAME}` };
  }
  return { ok: true, name };
}

/** One octet of text at `at`, escapes read (RFC 1035 section 5.1); null where it is none. */
export function readOctet(
  text: string,
  at: number,
): { readonly value: number; readonly length: number } | null {
  const code = text.charCodeAt(at);
  if (code > 0x7e || code < 0x20) return null;
  if (code !== 0x5c) return { value: code, length: 1 };
  const digits = /^\d{3}/.exec(text.slice(at + 1));
  if (digits !== null) {
    const value = Number(digits[0]);
    return value > 255 ? null : { value, length: 4 };
  }
  const escaped = text.charCodeAt(at + 1);
  return escaped > 0x20 && escaped < 0x7f && !/\d/.test(text.charAt(at + 1))
    ? { value: escaped, length: 2 }
    : null;
}

function labelProblem(label: string, text: string): string | null {
  if (label === '') return `the name "${text}" has an empty label`;
  if (label.length > MAX_LABEL) {
    return `a label of "${text}" has ${label.length} octets, more than ${MAX_LABEL}`;
  }
  return null;
}

function octetProblem(text: string, at: number): string {
  return text.charAt(at) === '\\'
    ? `"${text}" has an escape that is neither \\DDD up to \\255 nor \\ and a character`
    : `"${text}" has a character that is not printable ASCII; write it as \\DDD or in Punycode (xn--)`;
}

/** Presentation form with the closing dot; what is not a plain host name character is escaped. */
export function formatName(name: Name): string {
  if (name === ROOT) return '.';
  let text = '';
  for (let at = 0; name.charCodeAt(at) > 0; at += 1 + name.charCodeAt(at)) {
    for (const char of name.slice(at + 1, at + 1 + name.charCodeAt(at))) text += formatOctet(char);
    text += '.';
  }
  return text;
}

function formatOctet(char: string): string {
  const code = char.charCodeAt(0);
  if (code <= 0x20 || code > 0x7e) return `\\${String(code).padStart(3, '0')}`;
  return /["$().;@\\]/.test(char) ? `\\${char}` : char;
}

/** ASCII letters only (RFC 4343); a length octet is at most 63 and so never one. */
export function lowerCase(name: Name): Name {
  return name.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/** The name without its first label. Not for the root. */
export function parentOf(name: Name): Name {
  return name.slice(1 + name.charCodeAt(0));
}

/** Whether `name` is `ancestor` or below it; both in the same letter case. */
export function isWithin(name: Name, ancestor: Name): boolean {
  let rest = name;
  while (rest.length > ancestor.length) rest = parentOf(rest);
  return rest === ancestor;
}

export function nameOctets(name: Name): Buffer {
  return Buffer.from(name, 'latin1');
}
