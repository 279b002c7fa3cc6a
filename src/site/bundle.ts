/** Content codings that a bundle may hold (RFC 9110 section 8.4.1). */
export type Encoding = 'identity' | 'gzip' | 'br';

/** One finished response body of a page. */
export interface Representation {
  readonly encoding: Encoding;
  /** Strong entity tag with its quotes (RFC 9110 section 8.8.3); differs per encoding. */
  readonly etag: string;
  readonly body: Uint8Array;
}

/** The one file that a replica serves from: a page's finished HTTP responses and its host name. */
export interface Bundle {
  /** Host name in lower case, without the trailing dot. */
  readonly host: string;
  /** The page's path below the domain (`Page.path`). */
  readonly path: string;
  /** The path of the page on its own host (`Page.urlPath`). */
  readonly urlPath: string;
  readonly contentType: string;
  /** Unix time in seconds. */
  readonly lastModified: number;
  /** SHA-256 of the identity body in lower-case hex: what a probe compares. */
  readonly digest: string;
  /** Identity first, then only those that are smaller. */
  readonly representations: readonly Representation[];
}
