import assert from 'node:assert/strict';
import { test } from 'node:test';
import { domidsOf, parseDomainAddresses, parseDomainTable } from '../../../src/driver/xl/domain-list.js';

const A = '6b0d6a4e-1f1f-4d53-9c0d-0123456789ab';
const B = '7c1e7b5f-2020-4e64-8d1e-123456789abc';

/** As Xen 4.17 writes it. */
const TABLE = `Name                                        ID   Mem VCPUs\tState\tTime(s)   UUID                            Reason-Code\tSecurity Label
Domain-0                                     0   448     1     r-----     135.9 00000000-0000-0000-0000-000000000000        -                -
(null)                                      11     0     0     --p---       0.0 ${A}        -                -
hotzone.owner-1.${A}   16    16     1     -b----       0.0 ${A}        -                -
hotzone.owner-1.${B}   17    16     1     ---s--       0.2 ${B}        0                -
hotzone.owner-2.${A}   18    16     1     ---sc-       0.2 ${B}        3                -
web server  19 20 21   20  1024     2     r-----       9.2 ${B}        -                -
`;

test('domains are those whose name and UUID agree, and they say whether they have ended', () => {
  assert.deepEqual(parseDomainTable(TABLE), [
    { owner: 'owner-1', id: A, domid: 16, ended: false },
    { owner: 'owner-1', id: B, domid: 17, ended: true },
  ]);
  assert.deepEqual(parseDomainTable('xl: no such thing\n'), []);
});

test('every flag of an end counts', () => {
  for (const [flags, ended] of [
    ['r-----', false],
    ['-b----', false],
    ['--p---', false],
    ['------', false],
    ['---s--', true],
    ['---sc-', true],
    ['-----d', true],
    ['--psrd', undefined],
  ] as const) {
    const [domain] = parseDomainTable(`hotzone.o.${A}  1 16 1 ${flags} 0.0 ${A} - -`);
    assert.equal(domain?.ended, ended, flags);
  }
});

test('a UUID finds all of its domains, also one without a name', () => {
  assert.deepEqual(domidsOf(TABLE, A), [11, 16]);
  assert.deepEqual(domidsOf(TABLE, '00000000-0000-0000-0000-00000000000f'), []);
});

test('addresses come from the command lines', () => {
  const domain = (domid: number, cmdline?: string) => ({
    domid,
    config: { c_info: {}, b_info: { cmdline } },
  });
  const list = [
    domain(1, 'hotzone.id=a hotzone.ip=10.77.0.20/24 hotzone.gw=10.77.0.1'),
    domain(2, 'hotzone.ip6=fd00::2/64'),
    domain(3, 'root=/dev/xvda'),
    domain(4),
    { domid: 5, config: {} },
  ];
  assert.deepEqual(
    parseDomainAddresses(JSON.stringify(list)),
    new Map([
      [1, '10.77.0.20'],
      [2, 'fd00::2'],
    ]),
  );
  assert.equal(parseDomainAddresses('{}'), null);
  assert.equal(parseDomainAddresses('no json'), null);
});
