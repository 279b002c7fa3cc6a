const MIB = 2 ** 20;
/** What a page of up to 4 MiB runs in. */
const DEFAULT_MIB = 16;
/** Of the default, what the kernel has beside the page. */
const KERNEL_MIB = 12;

/** MiB for a machine: what the policy says, or what the page needs. */
export function memoryFor(wantedBytes: number | undefined, bundleBytes: number): number {
  if (wantedBytes !== undefined) return Math.ceil(wantedBytes / MIB);
  return Math.max(DEFAULT_MIB, KERNEL_MIB + Math.ceil(bundleBytes / MIB));
}
