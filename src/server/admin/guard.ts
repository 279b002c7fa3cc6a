import ipaddr from 'ipaddr.js';
import { errorReply, type Reply } from './reply.js';

export interface IncomingHead {
  /** The Host header as sent. */
  readonly host: string | undefined;
  /** The Origin header, which browsers send with whatever a script or a form of a page posts (RFC 6454). */
  readonly origin: string | undefined;
  /** The address that the client reached. */
  readonly localAddress: string | undefined;
}

/**
 * Refuses what nobody here has asked for. A web site can make a browser on this host ask us under a name of its own
 * that it pointed at the loopback address (DNS rebinding) and would then read the answer; only the Host header tells. A
 * page that uses the right Host is another origin: its scripts the browser keeps from reading the answer, but not from
 * posting, or from holding event streams open; the Origin header tells.
 */
export function refusal(head: IncomingHead): Reply | undefined {
  if (!isOwnHost(head.host, head.localAddress))
    return errorReply(
      421,
      `this server does not answer for the host ${JSON.stringify(head.host ?? '')}`,
      'use localhost, or the address that the admin server listens on',
    );
  if (head.origin !== undefined && !isOwnOrigin(head.origin, head.host))
    return errorReply(
      403,
      `a page of ${JSON.stringify(head.origin)} must not ask this server anything`,
      'open the status page itself, or use a program that sends no Origin',
    );
  return undefined;
}

/** A page that this very server has given out, maybe through a proxy that speaks TLS. */
function isOwnOrigin(origin: string, host: string | undefined): boolean {
  if (host === undefined || !URL.canParse(origin)) return false;
  const { protocol } = new URL(origin);
  return /^https?:$/.test(protocol) && origin.toLowerCase() === `${protocol}//${host.toLowerCase()}`;
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
