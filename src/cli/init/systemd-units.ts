import type { DaemonSettings } from '../daemon/settings.js';
import { LISTEN } from '../text-form.js';

/** A file that a service manager reads. */
export interface UnitFile {
  readonly name: string;
  readonly text: string;
}

export interface UnitOptions {
  readonly node: string;
  /** The program that Node.js runs. */
  readonly main: string;
  /** The configuration, an absolute path. */
  readonly config: string;
  readonly settings: Pick<DaemonSettings, 'dns' | 'admin' | 'http'>;
}

/** What systemd needs to run the daemon without root, and to hold its sockets while it is restarted. */
export function systemdUnits(options: UnitOptions): readonly UnitFile[] {
  return [
    { name: 'hotzone.socket', text: socketUnit(options.settings) },
    { name: 'hotzone.service', text: serviceUnit(options) },
    { name: 'hotzone-bridge.conf', text: BRIDGE_DROP_IN },
    { name: 'hotzone-sysusers.conf', text: SYSUSERS },
  ];
}

function socketUnit({ dns, admin, http }: UnitOptions['settings']): string {
  const origin = http.originListen.map((address) => ({ address, port: http.port }));
  return `# Put into /etc/systemd/system. These addresses have to be those of the configuration: after a change there write this
# file anew. A query or a connection that comes during a restart waits here for the next daemon.
[Unit]
Description=Sockets of the hotzone name server

[Socket]
${dns.map((listen) => `ListenDatagram=${LISTEN.write(listen)}\nListenStream=${LISTEN.write(listen)}\n`).join('')}${[
  ...origin,
  admin,
]
  .map((listen) => `ListenStream=${LISTEN.write(listen)}\n`)
  .join('')}BindIPv6Only=ipv6-only
# Room for the queries of a few seconds.
ReceiveBuffer=32M
SendBuffer=4M
Service=hotzone.service

[Install]
WantedBy=sockets.target
`;
}

function serviceUnit({ node, main, config }: UnitOptions): string {
  const program = [node, main, 'serve', '--config', config].map(word).join(' ');
  return `# Put into /etc/systemd/system.
[Unit]
Description=hotzone, the name server of a site that scales its pages
Documentation=man:systemd.service(5)
Requires=hotzone.socket
After=hotzone.socket network-online.target
Wants=network-online.target

[Service]
Type=notify
# systemd-notify(1) speaks for the daemon.
NotifyAccess=all
ExecStart=${program}
ExecReload=/bin/kill -HUP $MAINPID
Restart=on-failure
RestartSec=1s
# A big site takes a while to be built for the first time.
TimeoutStartSec=10min
TimeoutStopSec=1min
# Told as long as the control loop goes round.
WatchdogSec=60s
# Replicas outlive the daemon, and the next one adopts them; "hotzone down" ends them.
KillMode=process
User=hotzone
Group=hotzone
StateDirectory=hotzone
StateDirectoryMode=0700
RuntimeDirectory=hotzone
WorkingDirectory=%S/hotzone

# Replicas listen on the origin's port, which is 80 as a rule.
AmbientCapabilities=CAP_NET_BIND_SERVICE
CapabilityBoundingSet=CAP_NET_BIND_SERVICE
# Answers go before everything else (sched(7)).
LimitRTPRIO=1
LimitNOFILE=65536

NoNewPrivileges=yes
UMask=0077
ProtectSystem=strict
ProtectHome=read-only
PrivateTmp=yes
DevicePolicy=closed
DeviceAllow=/dev/kvm rw
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
RestrictNamespaces=yes
RestrictSUIDSGID=yes
RemoveIPC=yes
LockPersonality=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged
SystemCallErrorNumber=EPERM

[Install]
WantedBy=multi-user.target
Also=hotzone.socket
`;
}

const BRIDGE_DROP_IN = `# Only for machines of QEMU that have addresses of a bridge (qemu.bridge): put this into
# /etc/systemd/system/hotzone.service.d. It lets the daemon make tap devices, and nothing else that root may.
[Service]
AmbientCapabilities=CAP_NET_ADMIN
CapabilityBoundingSet=CAP_NET_ADMIN
DeviceAllow=/dev/net/tun rw
`;

const SYSUSERS = `# The user that the daemon runs as: put this as hotzone.conf into /etc/sysusers.d, then "systemd-sysusers".
u hotzone - "hotzone name server" /var/lib/hotzone
`;

/** One word of a command line (systemd.service(5), "Command lines"): quoted, without specifiers or variables. */
function word(text: string): string {
  const escaped = text.replaceAll('%', '%%').replaceAll('$', '$$$$');
  return /^[\w@%+=:,./$-]+$/.test(escaped) ? escaped : JSON.stringify(escaped);
}
