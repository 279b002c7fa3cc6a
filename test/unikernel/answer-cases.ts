import { seededRandom } from '../helpers/random.js';

/** A request as it goes over the wire; every one that the table is made of has an answer by respond.ts. */
export type RawRequest = string;

const HOST = 'index.html.example.org';
const GENERATED = 600;

const methods = ['GET', 'GET', 'GET', 'GET', 'HEAD', 'POST', 'OPTIONS', 'DELETE'];
const targets = [
  ...[
    '/',
    '/',
    '/',
    '/index.html',
    '/index.html?a=b',
    '/?a',
    '/%69ndex.html',
    '/index.html%3Fa',
    '/index%2ehtml',
  ],
  ...[
    '//',
    '/index.html/',
    '/Index.html',
    '/other',
    '/.hotzone/counters',
    '/%zz',
    '/%E9',
    '/%C3%A9',
    '/%C3',
    '/%',
  ],
  ...[
    `http://${HOST}/`,
    `http://${HOST}`,
    `HTTP://${HOST}:80/index.html`,
    `https://${HOST}?a`,
    'http://other/',
    '*',
  ],
  ...[`http://${HOST}?%`, 'http:///', '/%2e%2e/index.html', '/%00', '%2Findex.html', '/?%FF', 'index.html'],
];
const hosts = [
  ...[
    HOST,
    HOST,
    HOST,
    HOST,
    HOST.toUpperCase(),
    `${HOST}.`,
    `${HOST}:8080`,
    `${HOST}.:`,
    'other',
    `${HOST}..`,
  ],
  ...['[::1]', '[::1', 'a b', '', `${HOST}:port`, `${HOST}:123456`, `user@${HOST}`, `x${HOST}`],
];
const fields: Readonly<Record<string, readonly string[]>> = {
  'Accept-Encoding': [
    ...[
      'gzip',
      'br',
      'gzip, deflate, br, zstd',
      'br;q=0.5, gzip;q=0.8',
      'identity;q=0',
      '*;q=0',
      '*',
      '',
      'x-gzip',
    ],
    ...[
      'gzip;q=0',
      'identity;q=0, gzip;q=0.001',
      'GZIP;Q=1.000',
      'gzip; q=1.001',
      'gzip;q=.5',
      'br ; q=0.9 ,gzip',
    ],
    ...[
      'gzip;q=0.5;x',
      'gzip;;q=1',
      ',,gzip,,',
      'identity, gzip;q=1',
      'br;q=0.',
      'gzip;q=0.5, gzip;q=0',
      'g zip',
    ],
  ],
  'If-None-Match': [
    ...[
      '"identity-1"',
      '"gzip-1"',
      'W/"identity-1"',
      '*',
      '"other", "identity-1"',
      'identity-1',
      '"ident',
      '',
    ],
    ...['w/"identity-1"', '"a" "identity-1"', '"identity-1""', '**', '*, "x"', '"a, "identity-1"'],
  ],
  'If-Match': ['"identity-1"', 'W/"identity-1"', '*', '"other"', '', '"br-1", "gzip-1"'],
  'If-Modified-Since': [
    ...['Sun, 06 Nov 1994 08:49:37 GMT', 'Sun, 06 Nov 1994 08:49:36 GMT', 'Sunday, 06-Nov-94 08:49:37 GMT'],
    ...[
      'Sun Nov  6 08:49:37 1994',
      'Sun Nov 06 08:49:38 1994',
      'yesterday',
      '0',
      'Sun, 31 Feb 2094 00:00:00 GMT',
    ],
    ...['Sun, 06 Nov 9999 08:49:37 GMT', 'Sun, 06 Nov 1994 08:49:37 +0000', 'Fooday, 06-Nov-99 08:49:37 GMT'],
  ],
  'If-Unmodified-Since': [
    ...[
      'Sun, 06 Nov 1994 08:49:37 GMT',
      'Sun, 06 Nov 1994 08:49:36 GMT',
      'Saturday, 05-Nov-94 08:49:37 GMT',
      'x',
    ],
  ],
  Range: [
    ...[
      'bytes=0-0',
      'bytes=2-',
      'bytes=-3',
      'bytes=0-99999',
      'bytes=99999-',
      'bytes=-0',
      'bytes=5-2',
      'bytes=-99999',
    ],
    ...[
      'bytes=0-1,3-4',
      'items=0-1',
      'BYTES=1-2',
      'bytes= 1-2 ',
      'bytes=1 -2',
      'bytes=',
      'bytes=-',
      'bytes=a-b',
    ],
    ...['bytes=372-', 'bytes=373-', 'bytes=000-001', 'bytes=99999999999999999999-'],
  ],
  'If-Range': ['"identity-1"', '"gzip-1"', 'W/"identity-1"', 'Sun, 06 Nov 1994 08:49:37 GMT', '', '*'],
  'X-Other': ['a', ' b\t', 'Host: other'],
};

/** Requests by hand that chance would hardly make, then many that it makes of the values above; always the same. */
export function rawRequests(): readonly RawRequest[] {
  const random = seededRandom(2015);
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T;
  const generated = Array.from({ length: GENERATED }, () => {
    const plain = random() < 0.5;
    const names = Object.keys(fields).filter(() => random() < 0.25);
    const again = names.filter(() => random() < 0.1);
    const lines = [
      ['Host', plain ? HOST : pick(hosts)] as const,
      ...[...names, ...again].map((name) => [name, pick(fields[name] ?? [])] as const),
    ];
    return rawRequest(pick(methods), plain ? '/' : pick(targets), lines);
  });
  const each = [
    ...methods.map((method) => rawRequest(method, '/', [['Host', HOST]])),
    ...targets.map((target) => rawRequest('GET', target, [['Host', HOST]])),
    ...hosts.map((host) => rawRequest('GET', '/', [['Host', host]])),
    ...Object.entries(fields).flatMap(([name, values]) =>
      values.map((value) =>
        rawRequest('GET', '/', [
          ['Host', HOST],
          [name, value],
        ]),
      ),
    ),
    rawRequest('GET', '/', [
      ['Host', HOST],
      ['host', HOST],
    ]),
  ];
  return [...new Set([...each, ...generated])];
}

function rawRequest(
  method: string,
  target: string,
  lines: readonly (readonly [name: string, value: string])[],
): RawRequest {
  return `${method} ${target} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
}

/** One line of a table: request, tab, response; bytes that no text has are written `\xHH`. */
export function tableLine(request: RawRequest, response: string): string {
  return `${escaped(request)}\t${escaped(response)}`;
}

function escaped(text: string): string {
  return text.replace(/[^ -[\]-~]/g, (byte) => {
    const named = ({ '\r': '\\r', '\n': '\\n', '\t': '\\t', '\\': '\\\\' } as const)[byte];
    return named ?? `\\x${byte.charCodeAt(0).toString(16).padStart(2, '0')}`;
  });
}
