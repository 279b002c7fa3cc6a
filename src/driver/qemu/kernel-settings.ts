import { z } from 'zod';

/** What the page kernel is told at boot, as its command line has it. */
export interface KernelSettings {
  readonly 'hotzone.id': string;
  readonly 'hotzone.owner': string;
  /** With the prefix's length: `10.0.2.15/24`. */
  readonly 'hotzone.ip'?: string;
  readonly 'hotzone.gw'?: string;
  readonly 'hotzone.ip6'?: string;
  readonly 'hotzone.gw6'?: string;
  readonly 'hotzone.port': string;
  /** The only address that may ask for counters and give orders. */
  readonly 'hotzone.controller': string;
  /** What a request for them has to bring along. */
  readonly 'hotzone.token': string;
}

/** Where a machine's control requests go, and the secret that they need. */
export interface KernelControl {
  readonly address: string;
  readonly port: number;
  readonly token: string;
}

const control = z.object({ address: z.string(), port: z.number(), token: z.string() });
const COMMENT = '# ';

/**
 * A file for `-readconfig`: the kernel's command line, which is nobody's to see in the process table (proc(5),
 * cmdline), and in a comment what its controller needs to find it again.
 */
export function formatConfig(settings: KernelSettings, at: KernelControl): string {
  const line = Object.entries(settings).map(([key, value]) => `${key}=${value}`);
  return `${COMMENT}${JSON.stringify(at)}\n[machine]\n  append = "${line.join(' ')}"\n`;
}

/** `null` unless it is a file of `formatConfig`. */
export function parseConfig(text: string): KernelControl | null {
  try {
    const parsed = control.safeParse(JSON.parse(text.slice(COMMENT.length, text.indexOf('\n'))));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
