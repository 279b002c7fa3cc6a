import { type MachineName, nameArguments } from './machine-name.js';

export type Accelerator = 'kvm' | 'tcg';
/** `microvm` starts in a fraction of the time; `q35` is for a QEMU that was built without it. */
export type MachineType = 'microvm' | 'q35';

/** What a machine is booted with. */
export interface MachineBoot {
  readonly machine: MachineType;
  readonly kernel: string;
  /** It is not on QEMU's own, which everybody may read (proc(5), cmdline). */
  readonly commandLine: string;
  /** The boot module; null: none. */
  readonly initrd: string | null;
  /** Raw images, which the machine may only read. */
  readonly disks: readonly string[];
}

/** Everything that QEMU is told about one virtual machine. */
export interface MachineArguments extends MachineBoot {
  readonly name: MachineName;
  readonly accelerator: Accelerator;
  /** MiB. */
  readonly memory: number;
  /** Absolute paths. */
  readonly files: { readonly console: string; readonly qmp: string; readonly config: string };
  /** Without an id, e.g. `user,restrict=on`. */
  readonly netdev: string;
  readonly mac: string;
  /** How this QEMU is told to become another user once it has opened everything; empty: it stays who it is. */
  readonly userArguments: readonly string[];
}

/** Without ACPI, QEMU tells the kernel of its network card on the command line (qemu.org, "microvm"). */
const MICROVM = 'microvm,acpi=off,pic=off,rtc=off,x-option-roms=off';
/** MiB of translated code; QEMU's own default is made for guests of a thousand times the size. */
const TCG_BUFFER = 16;

export function machineArguments(machine: MachineArguments): readonly string[] {
  const { files } = machine;
  const isMicro = machine.machine === 'microvm';
  return [
    ...nameArguments(machine.name),
    '-nodefaults',
    '-no-user-config',
    ...['-display', 'none'],
    // A kernel that resets has given up, and its end is what its controller waits for.
    '-no-reboot',
    ...['-sandbox', sandbox(machine.userArguments.length > 0)],
    ...machine.userArguments,
    ...['-machine', isMicro ? MICROVM : 'q35,usb=off'],
    ...['-accel', machine.accelerator === 'tcg' ? `tcg,tb-size=${TCG_BUFFER}` : 'kvm'],
    ...['-smp', '1'],
    ...['-m', `${machine.memory}M`],
    ...['-readconfig', machine.files.config],
    ...['-kernel', machine.kernel],
    ...(machine.initrd === null ? [] : ['-initrd', machine.initrd]),
    ...[
      '-chardev',
      `file,id=console,path=${commaSafe(files.console)},append=on`,
      '-serial',
      'chardev:console',
    ],
    ...['-chardev', `socket,id=qmp,path=${commaSafe(files.qmp)},server=on,wait=off`],
    ...['-mon', 'chardev=qmp,mode=control'],
    ...['-global', 'virtio-mmio.force-legacy=false'],
    // What the kernel ends itself by; a reset takes longer, and is not to be relied on under KVM.
    ...['-device', 'isa-debug-exit,iobase=0xf4,iosize=4'],
    ...['-netdev', `${machine.netdev},id=net`],
    ...[
      '-device',
      `${isMicro ? 'virtio-net-device' : 'virtio-net-pci,romfile='},netdev=net,mac=${machine.mac}`,
    ],
    ...machine.disks.flatMap((disk, index) => [
      ...['-drive', `file=${commaSafe(disk)},format=raw,if=none,readonly=on,id=disk${index}`],
      ...['-device', `${isMicro ? 'virtio-blk-device' : 'virtio-blk-pci'},drive=disk${index}`],
    ]),
  ];
}

/**
 * The seccomp(2) filter. Becoming another user is forbidden unless QEMU has to do just that at the start; it keeps no
 * capability then and can gain none.
 */
function sandbox(changesUser: boolean): string {
  const elevate = changesUser ? 'allow' : 'deny';
  return `on,obsolete=deny,elevateprivileges=${elevate},spawn=deny,resourcecontrol=deny`;
}

/** A comma ends a value unless it is doubled (qemu(1)). */
function commaSafe(value: string): string {
  return value.replaceAll(',', ',,');
}
