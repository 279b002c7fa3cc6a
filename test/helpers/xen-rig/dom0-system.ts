/** What the rig's control domain is made of beside its kernel: Debian's packages, and these files. */
export const DOM0_PACKAGES = [
  'xenstore-utils',
  'iproute2',
  'busybox-static',
  'openssh-server',
  'kmod',
] as const;

/** Loaded before the root file system is there, so that it needs none of them. */
export const DOM0_MODULES = [
  ...['virtio_pci', 'virtio_blk', 'crc32c_generic', 'ext4', 'virtio_net'],
  ...['xenfs', 'xen_evtchn', 'xen_gntdev', 'xen_privcmd', 'xen_netback', 'xen_blkback', 'loop', 'bridge'],
] as const;

export const BRIDGE = 'xenbr0';
/** Where a rig's hosts are; the last part of an address is the host's number. */
const NETWORK = '10.77.0';
const NETWORK6 = 'fd00:77:';
export const MOST_HOSTS = 2;
export function dom0Address(host: number): string {
  return `${NETWORK}.${host}`;
}

/** What the serial console says once the toolstack is there. */
export const READY = 'hotzone-rig-ready';

/** Process 1 of the initramfs, after its modules. */
export const INITRAMFS_INIT = `
b=/bin/busybox
$b mount -t devtmpfs dev /dev
i=0; while [ ! -b /dev/vda ] && [ $i -lt 200 ]; do $b sleep 0.05; i=$((i+1)); done
$b mkdir /root
$b mount -t ext4 -o noatime /dev/vda /root && exec $b switch_root /root /sbin/rig-init
echo 'the rig has no root file system'; exec $b sh
`;

const RIG_INIT = `#!/bin/sh
export PATH=/usr/sbin:/usr/bin:/sbin:/bin
mount -t proc proc /proc; mount -t sysfs sys /sys; mount -t devtmpfs dev /dev
for folder in /run /tmp; do mount -t tmpfs tmpfs $folder; done
mkdir -p /dev/pts /run/sshd /run/lock; mount -t devpts devpts /dev/pts
# The toolstack's scripts read and write these, which udev would have made.
ln -sf /proc/self/fd /dev/fd
for pair in 0:stdin 1:stdout 2:stderr; do ln -sf /proc/self/fd/\${pair%:*} /dev/\${pair#*:}; done
ip link set lo up
ip link add ${BRIDGE} type bridge forward_delay 0
ip address add ${NETWORK}.$rig_host/24 dev ${BRIDGE}
ip address add ${NETWORK6}:$rig_host/64 dev ${BRIDGE} nodad
ip link set eth0 master ${BRIDGE}; ip link set eth0 up; ip link set ${BRIDGE} up
# A guest that is gone must not be known for the half minute that is usual: a new one may have its address.
for family in ipv4 ipv6; do
  cd /proc/sys/net/$family/neigh/${BRIDGE}
  echo 1000 > base_reachable_time_ms; echo 200 > retrans_time_ms; echo 1 > delay_first_probe_time
done
cd /
mount -t xenfs xenfs /proc/xen
/etc/init.d/xen start
echo ${READY} > /dev/hvc0
exec busybox init
`;

/** By path, with the modes of those that are programs. */
export const DOM0_FILES: Readonly<Record<string, { readonly text: string; readonly mode?: number }>> = {
  'sbin/rig-init': { text: RIG_INIT, mode: 0o755 },
  'etc/inittab': { text: '::respawn:/usr/sbin/sshd -D -e\nhvc0::askfirst:/bin/sh -l\n' },
  'etc/hostname': { text: 'rig\n' },
  'etc/hosts': { text: '127.0.0.1 localhost rig\n' },
  'etc/resolv.conf': { text: '' },
  'etc/ssh/sshd_config': {
    text: 'PermitRootLogin prohibit-password\nPasswordAuthentication no\nUsePAM no\nUseDNS no\nMaxSessions 64\nMaxStartups 64\n',
  },
};
