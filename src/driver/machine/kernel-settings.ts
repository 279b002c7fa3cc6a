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

/** What of them the network decides. */
export type NetworkSettings = Pick<
  KernelSettings,
  'hotzone.ip' | 'hotzone.gw' | 'hotzone.ip6' | 'hotzone.gw6' | 'hotzone.controller'
>;

export function formatCommandLine(settings: KernelSettings): string {
  return Object.entries(settings)
    .map(([key, value]) => `${key}=${value}`)
    .join(' ');
}
