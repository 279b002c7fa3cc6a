import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatCommandLine } from '../../../src/driver/machine/kernel-settings.js';
import { formatConfig, parseConfig } from '../../../src/driver/qemu/machine-record.js';

const SETTINGS = {
  'hotzone.id': 'id',
  'hotzone.owner': 'owner',
  'hotzone.ip': '10.0.2.15/24',
  'hotzone.gw': '10.0.2.2',
  'hotzone.port': '80',
  'hotzone.controller': '10.0.2.2',
  'hotzone.token': 'secret',
};
const CONTROL = { address: '127.77.0.1', port: 80, token: 'secret', cgroup: null };

test('the command line is one word a setting', () => {
  const text = formatConfig(formatCommandLine(SETTINGS), CONTROL);
  assert.match(
    text,
    /^\[machine\]\n {2}append = "hotzone\.id=id hotzone\.owner=owner hotzone\.ip=10\.0\.2\.15\/24 .* hotzone\.token=secret"$/m,
  );
});

test('a later driver reads from it where to ask, and with what', () => {
  assert.deepEqual(parseConfig(formatConfig(formatCommandLine(SETTINGS), CONTROL)), CONTROL);
  for (const text of ['', '#', '# {}', '# {"address":1}\n', 'x\ny', '# null\n'])
    assert.equal(parseConfig(text), null, text);
});
