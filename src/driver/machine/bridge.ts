import { execa } from 'execa';
import { z } from 'zod';

/** The host's own address on a bridge: its guests' gateway, and the one that their controller speaks from. */
export interface BridgeAddress {
  readonly family: 'inet' | 'inet6';
  readonly local: string;
  readonly prefixlen: number;
}

const IP_TIMEOUT_MS = 5_000;

const links = z.array(
  z.object({
    flags: z.array(z.string()),
    addr_info: z.array(
      z.object({
        family: z.enum(['inet', 'inet6']),
        local: z.string(),
        prefixlen: z.number(),
        scope: z.string(),
      }),
    ),
  }),
);

/**
 * From ip(8), since a bridge without guests has no carrier, and node:os leaves out what does not run. Empty when there
 * is no such bridge, it is not up, or it has none but link-local addresses.
 */
export async function bridgeAddresses(bridge: string): Promise<readonly BridgeAddress[]> {
  const args = ['-j', 'address', 'show', 'dev', bridge];
  const { stdout } = await execa('ip', args, { reject: false, timeout: IP_TIMEOUT_MS });
  return parseBridgeAddresses(stdout ?? '') ?? [];
}

/** The same from what `ip -j address show dev` writes; null unless it tells of a device that is up. */
export function parseBridgeAddresses(text: string): readonly BridgeAddress[] | null {
  const parsed = links.safeParse(parse(text));
  if (!parsed.success) return null;
  const up = parsed.data.filter(({ flags }) => flags.includes('UP'));
  if (up.length === 0) return null;
  return up.flatMap((link) => link.addr_info.filter(({ scope }) => scope !== 'link'));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
