import ipaddr from 'ipaddr.js';
import { errorReply, type Reply } from './reply.js';

export interface IncomingHead {
  readonly method: string;
  /** The Host header as sent. */
  readonly host: string | undefined;
  /** The address that the client reached. */
  readonly localAddress: string | undefined;
}

/**
 * Refuses what a status page need not answer. A web site can make a browser on this host ask us under a name of its
 * own that it pointed at the loopback address (DNS rebinding) and would then read the answer; only the Host header
 * tells. A page that uses the right Host is another origin, whose scripts the browser keeps from reading the answer.
 */
export function refusal(head: IncomingHead): Reply | undefined {
  if (head.method !== 'GET' && head.method !== 'HEAD')
    return errorReply(405, `${head.method} is not possible here`, 'use GET or HEAD: the API only shows', {
      allow: 'GET, HEAD',
    });
  if (!isOwnHost(head.host, head.localAddress))
    return errorReply(
      421,
      `this server does not answer for the host ${JSON.stringify(head.host ?? '')}`,
      'use localhost, or the address that the admin server listens on',
    );
  return undefined;
}

/** `localhost`, a loopback address, or the very address that was reached; the port may be that of a tunnel. */
function isOwnHost(header: string | undefined, localAddress: string | undefined): boolean {
  const [, bracketed, plain] = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9.-]+))(?::\d{1,5})?$/i.exec(header ?? '') ?? [];
  const name = (bracketed ?? plain ?? '').toLowerCase();
  if (name === 'localhost') return true;
  const address = parseAddress(name);
  if (address === undefined) return false;
  return (
    address.range() === 'loopback' || address.toString() === parseAddress(localAddress ?? '')?.toString()
  );
}

/** Only the full form of an address: `127.1` is a name to some and an address to others. */
function parseAddress(text: string): ipaddr.IPv4 | ipaddr.IPv6 | undefined {
  if (!ipaddr.IPv4.isValidFourPartDecimal(text) && !ipaddr.IPv6.isValid(text)) return undefined;
  return ipaddr.process(text);
}
