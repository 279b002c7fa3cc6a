import { isUtf8 } from 'node:buffer';
import mime from 'mime';

const SNIFFED_OCTETS = 256;
/** Types outside text/ that shrink when compressed (mime-db's `compressible` agrees). */
const COMPRESSIBLE =
  /^(text\/.*|.*\+(xml|json)|application\/(json|xml|wasm|javascript|x-javascript)|font\/(ttf|otf)|image\/(bmp|vnd\.microsoft\.icon))$/;

/**
 * The Content-Type of a file, by its name without the query that wget may have added. A file without a telling name
 * is HTML if it begins like HTML. Text says its charset when it is UTF-8; other text is left to say so itself.
 */
export function contentTypeOf(path: string, bytes: Uint8Array): string {
  const type = typeByName(path) ?? (beginsLikeHtml(bytes) ? 'text/html' : 'application/octet-stream');
  return type.startsWith('text/') && isUtf8(bytes) ? `${type}; charset=utf-8` : type;
}

export function isCompressible(contentType: string): boolean {
  return COMPRESSIBLE.test(essenceOf(contentType));
}

/** The type without its parameters (RFC 9110 section 8.3.1). */
export function essenceOf(contentType: string): string {
  return contentType.split(';')[0] ?? contentType;
}

function typeByName(path: string): string | null {
  const name = path.slice(path.lastIndexOf('/') + 1).split('?')[0] ?? '';
  // mime takes a name without a dot for an extension: a file called "css" is no style sheet.
  return name.includes('.') ? mime.getType(name) : null;
}

function beginsLikeHtml(bytes: Uint8Array): boolean {
  const start = Buffer.from(bytes.subarray(0, SNIFFED_OCTETS)).toString('latin1');
  return /^(\xef\xbb\xbf)?\s*<(!doctype\s+html|html)\b/i.test(start);
}
