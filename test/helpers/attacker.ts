import type { Image } from '../../src/policy/image.js';
import { debianGuest } from './debian-guest/debian-guest.js';

/** What of Linux a machine needs. */
interface Machine {
  readonly modules: readonly string[];
  readonly console: string;
}

const QEMU: Machine = { modules: ['virtio_pci', 'virtio_net'], console: 'ttyS0' };
export const XEN: Machine = { modules: ['xen_netfront'], console: 'hvc0' };
export const ATTACKER_BYTES = 192 * 2 ** 20;
const OWN_LOOPBACK = '127.0.0.1:80';
export const ATTACKER_IS_DONE = 'that was all';

/** A replica that somebody has broken into: a Linux that asks each target for a page, and says what came of it. */
export async function attackerImage(
  folder: string,
  targets: readonly string[],
  { modules, console } = QEMU,
): Promise<Image> {
  const { kernel, initrd } = await debianGuest(folder, {
    modules,
    applets: ['mount', 'ip', 'nc', 'httpd', 'head', 'sleep', 'printf'],
    init: `mount -t proc proc /proc
for word in $(cat /proc/cmdline); do
  case $word in at=*) at=\${word#at=} ;; gateway=*) gateway=\${word#gateway=} ;; esac
done
ip link set lo up
ip address add $at dev eth0
ip link set eth0 up
ip route add default via $gateway
sleep 1
httpd -p 127.0.0.1:80 -h /tmp
for target in ${[OWN_LOOPBACK, ...targets].join(' ')}; do
  echo "$target: $(printf 'GET / HTTP/1.0\\r\\n\\r\\n' | nc -w 3 \${target%:*} \${target##*:} 2>&1 | head -n 1)"
done
echo '${ATTACKER_IS_DONE}'
sleep 100000
`,
  });
  const commandLine = `console=${console} quiet panic=-1 at={address}/{prefix} gateway={gateway}`;
  return { kind: 'kernel', kernel, commandLine, initrd, disks: [] };
}

/** The targets that answered, by what the attacker said; throws if it could not even reach itself. */
export function reachedOf(console: string): readonly string[] {
  const reached = [...console.matchAll(/^(\S+): HTTP\/1\.\d .*$/gm)].map(([, target = '']) => target);
  if (reached[0] !== OWN_LOOPBACK) throw new Error(`the attacker cannot ask for anything:\n${console}`);
  return reached.slice(1);
}
