import type { ServerAddress } from './exchange.js';

/** What somebody at another terminal can ask meanwhile: the name server for a page, and one of its servers for its content. */
export function commandsToTry(options: {
  readonly dns: ServerAddress;
  readonly host: string;
  readonly urlPath: string;
  /** One of those in the answer now. */
  readonly address: string;
  readonly httpPort: number;
}): readonly string[] {
  const { dns, host, urlPath, address, httpPort } = options;
  return [
    `dig @${dns.address} -p ${dns.port} +short ${host}`,
    // No space after "Host:", so that the command needs no quotes and can be broken at any space.
    `curl -i -H Host:${host} http://${address}:${httpPort}${urlPath}`,
  ];
}
