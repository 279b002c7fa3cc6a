/** What a replica runs instead of hotzone's own page server or page kernel: an operator's program or machine. */
export type Image = CommandImage | KernelImage;

/** A program of the host, for the driver `process`. */
export interface CommandImage {
  readonly kind: 'command';
  /** Its absolute path and its arguments, with placeholders. */
  readonly command: readonly string[];
}

/** A virtual machine's kernel and what it is booted with, for the drivers of hypervisors. */
export interface KernelImage {
  readonly kind: 'kernel';
  /** Absolute path. */
  readonly kernel: string;
  /** With placeholders. */
  readonly commandLine: string;
  /** Absolute path with placeholders; null: none. */
  readonly initrd: string | null;
  /** Absolute paths of raw images with placeholders; a machine may only read them. */
  readonly disks: readonly string[];
}

/** What a replica can be told about itself, each written as `{name}`. */
export const PLACEHOLDERS = [
  'address',
  'port',
  'host',
  'page',
  'bundle',
  'id',
  'owner',
  'prefix',
  'gateway',
  'mac',
] as const;
export type Placeholder = (typeof PLACEHOLDERS)[number];
/** A process has its address from the host, and with it the rest. */
export const ONLY_FOR_MACHINES: readonly Placeholder[] = ['prefix', 'gateway', 'mac'];

const WORD = /\{([a-z]+)\}/g;

/** The names in a template, known or not. */
export function placeholdersOf(template: string): readonly string[] {
  return [...template.matchAll(WORD)].map(([, name = '']) => name);
}

/** The template with every placeholder replaced once, whatever the values look like. */
export function fill(template: string, values: Readonly<Partial<Record<Placeholder, string>>>): string {
  return template.replace(WORD, (text, name: string) => values[name as Placeholder] ?? text);
}
