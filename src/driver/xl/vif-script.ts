/** The file's name on a host; it has to be executable. */
export const VIF_SCRIPT_NAME = 'vif-bridge-plain';

/**
 * What the toolstack runs when it plugs a network card in or out (Xen's docs/misc/xl-network-configuration, "script").
 * It does of a distribution's script what a bridge needs: no lock, no firewall rules, no log. The backend of the card
 * waits for the key `hotplug-status`; the device leaves its bridge when it goes away. The port is isolated (bridge(8)):
 * a domain that was broken into reaches the control domain and no other one.
 */
export const VIF_SCRIPT = `#!/bin/sh
# Of hotzone: plugs a domain's network card into its bridge, and nothing more.
case "$1" in
online|add)
  bridge=$(xenstore-read "$XENBUS_PATH/bridge") &&
  ip link set dev "$vif" master "$bridge" &&
  ip link set dev "$vif" type bridge_slave isolated on &&
  ip link set dev "$vif" up &&
  exec xenstore-write "$XENBUS_PATH/hotplug-status" connected
  xenstore-write "$XENBUS_PATH/hotplug-error" "Could not find bridge device $bridge" \\
    "$XENBUS_PATH/hotplug-status" error
  exit 1
  ;;
esac
`;
