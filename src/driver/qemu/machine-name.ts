/**
 * Who a machine is, in QEMU's own records: its name and UUID. They stand on its command line, so that the kernel's
 * process table is the only list of machines, and a crash between start and recording loses nothing.
 */
export interface MachineName {
  readonly owner: string;
  /** A UUID. */
  readonly id: string;
  readonly address: string;
  readonly port: number;
}

const FORM = /^guest=hotzone\/([^/,]+)\/([^/,]+)\/([^/,]+)\/(\d+)$/;

export function nameArguments({ owner, id, address, port }: MachineName): readonly string[] {
  return ['-name', `guest=hotzone/${owner}/${id}/${address}/${port}`, '-uuid', id];
}

/** `null` unless both are there exactly as `nameArguments` writes them. */
export function parseName(argv: readonly string[]): MachineName | null {
  const at = argv.indexOf('-name');
  const [, owner, id, address, port] = FORM.exec(argv[at + 1] ?? '') ?? [];
  if (at === -1 || owner === undefined || id === undefined || address === undefined) return null;
  return argv[at + 2] === '-uuid' && argv[at + 3] === id ? { owner, id, address, port: Number(port) } : null;
}
