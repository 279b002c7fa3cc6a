import { z } from 'zod';

/** What a later driver has to know about a machine. */
export interface MachineRecord {
  /** Where control requests go, and the secret that they need. */
  readonly address: string;
  readonly port: number;
  /** Empty: the machine runs an image of its own, and takes no such requests. */
  readonly token: string;
  /** The control group whose child it is in; null: in none of its own. */
  readonly cgroup: string | null;
}

const machineRecord = z.object({
  address: z.string(),
  port: z.number(),
  token: z.string(),
  cgroup: z.string().nullable(),
});
const COMMENT = '# ';

/**
 * A file for `-readconfig`: the kernel's command line, which is nobody's to see in the process table (proc(5),
 * cmdline), and in a comment the machine's record.
 */
export function formatConfig(commandLine: string, record: MachineRecord): string {
  return `${COMMENT}${JSON.stringify(record)}\n[machine]\n  append = "${commandLine}"\n`;
}

/** `null` unless it is a file of `formatConfig`. */
export function parseConfig(text: string): MachineRecord | null {
  try {
    const parsed = machineRecord.safeParse(JSON.parse(text.slice(COMMENT.length, text.indexOf('\n'))));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
