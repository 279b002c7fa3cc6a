import type { CheckedPool } from '../pool-check.js';
import type { Accelerator } from './machine-arguments.js';

/** How a replica's address reaches its virtual machine. */
export type QemuNetwork =
  /** QEMU forwards the port of a loopback address; nobody needs to be root. IPv4 only, as QEMU's forwarding is. */
  | { readonly kind: 'user' }
  /** The machine has the address itself, behind a bridge that the operator made. Needs CAP_NET_ADMIN. */
  | { readonly kind: 'bridge'; readonly bridge: string };

export interface QemuDriverOptions {
  /** Holds the machines' consoles, control sockets and secrets; made if it is not there. */
  readonly stateDir: string;
  /** The program, a path or a name to be found in PATH. */
  readonly qemu: string;
  /** The page kernel, a PVH ELF file. */
  readonly kernel: string;
  readonly network: QemuNetwork;
  /** What `check` tries to bind; `create` takes whatever address it is given. */
  readonly pool: CheckedPool;
  /** A folder of cgroup v2 in which every machine gets a group with caps; unless given nothing caps them. */
  readonly cgroup?: string;
  /** What may be used, the best first; unless given KVM, and else TCG. */
  readonly accelerators?: readonly Accelerator[];
  /** Told once which accelerator is used, and why. */
  readonly onChoice?: (choice: string) => void;
}
