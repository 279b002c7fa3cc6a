import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemdUnits } from '../../src/cli/init/systemd-units.js';

test('the socket unit has every address that the daemon listens on, and paths are quoted for systemd', () => {
  const settings = {
    dns: [
      { address: '192.0.2.53', port: 53 },
      { address: '2001:db8::53', port: 53 },
    ],
    admin: { address: '127.0.0.1', port: 9153 },
    http: { port: 80, originListen: ['192.0.2.80'], originAddresses: [], originCounts: null },
  };
  const units = systemdUnits({
    node: '/usr/bin/node',
    main: '/opt/hot zone/main.js',
    config: '/etc/50%.yaml',
    settings,
  });
  const textOf = (name: string): string => units.find((unit) => unit.name === name)?.text ?? '';
  assert.deepEqual(textOf('hotzone.socket').match(/^Listen.*$/gm), [
    'ListenDatagram=192.0.2.53:53',
    'ListenStream=192.0.2.53:53',
    'ListenDatagram=[2001:db8::53]:53',
    'ListenStream=[2001:db8::53]:53',
    'ListenStream=192.0.2.80:80',
    'ListenStream=127.0.0.1:9153',
  ]);
  assert.match(
    textOf('hotzone.service'),
    /^ExecStart=\/usr\/bin\/node "\/opt\/hot zone\/main\.js" serve --config \/etc\/50%%\.yaml$/m,
  );
});
