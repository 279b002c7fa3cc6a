import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isNameTaken, isUnknownDomain, xlFailure } from '../../../src/driver/xl/xl-failure.js';

const TIDYING = `libxl: error: libxl_domain.c:1183:libxl__destroy_domid: Domain 9:Non-existant domain
libxl: error: libxl_domain.c:1137:domain_destroy_callback: Domain 9:Unable to destroy guest
libxl: error: libxl_domain.c:1064:domain_destroy_cb: Domain 9:Destruction of domain failed
`;
const ran = (stderr: string, exitCode = 3) => ({ exitCode, stdout: '', stderr });

/** What xl of Xen 4.17 was seen to write, and what is to be made of it. */
const SEEN = [
  [
    'no bridge, by the stock script',
    `libxl: error: libxl_exec.c:117:libxl_report_child_exitstatus: /etc/xen/scripts/vif-bridge online [498] exited with error status 1
libxl: error: libxl_device.c:1337:device_hotplug_child_death_cb: script: Could not find bridge device nobr
libxl: error: libxl_create.c:1921:domcreate_attach_devices: Domain 12:unable to add vif devices
${TIDYING}`,
    { class: 'config', message: 'Could not find bridge device nobr' },
  ],
  [
    'no memory',
    `xc: error: panic: xg_dom_boot.c:119: xc_dom_boot_mem_init: can't allocate low memory for domain: Out of memory
libxl: error: libxl_dom.c:586:libxl__build_dom: xc_dom_boot_mem_init failed: Cannot allocate memory
${TIDYING}`,
    { class: 'capacity', message: "can't allocate low memory for domain: Out of memory" },
  ],
  [
    'no kernel',
    `xc: error: panic: xg_dom_core.c:205: failed to open file '/srv/nokernel': No such file or directory: Internal error
libxl: error: libxl_dom.c:909:libxl__domain_firmware: xc_dom_kernel_file failed: No such file or directory
${TIDYING}`,
    { class: 'config', message: "failed to open file '/srv/nokernel': No such file or directory" },
  ],
  [
    'a kernel that is none',
    `xc: error: panic: xg_dom_core.c:689: xc_dom_find_loader: no loader found: Invalid kernel
libxl: error: libxl_dom.c:571:libxl__build_dom: xc_dom_parse_image failed
${TIDYING}`,
    { class: 'config', message: 'no loader found: Invalid kernel' },
  ],
  [
    'no script',
    `libxl: cannot execute /srv/nix: No such file or directory
libxl: error: libxl_exec.c:117:libxl_report_child_exitstatus: /srv/nix online [564] exited with error status 255
${TIDYING}`,
    { class: 'config', message: 'cannot execute /srv/nix: No such file or directory' },
  ],
  [
    'an unknown word in a configuration',
    `Parsing config from /srv/e.cfg
/srv/e.cfg:9: config parsing error near \`vif': syntax error, unexpected IDENT, expecting ']'
Failed to parse config: Invalid argument
`,
    {
      class: 'config',
      message: "/srv/e.cfg:9: config parsing error near `vif': syntax error, unexpected IDENT, expecting ']'",
    },
  ],
  [
    'no right',
    'xencall: error: Could not obtain handle on privileged command interface: Permission denied\n',
    {
      class: 'config',
      message: 'xencall: error: Could not obtain handle on privileged command interface: Permission denied',
    },
  ],
  ['nothing at all', '', { class: 'transient', message: 'xl ended with 3 and without a word' }],
  [
    'something new',
    'libxl: error: libxl_x.c:1:f: Domain 3:oops\n',
    { class: 'transient', message: 'Domain 3:oops' },
  ],
] as const;

for (const [what, stderr, failure] of SEEN)
  test(`the first complaint is the cause: ${what}`, () => {
    assert.deepEqual(xlFailure(ran(stderr)), failure);
  });

test('a call that took too long is tried again', () => {
  assert.deepEqual(xlFailure(ran('', 124)), { class: 'transient', message: 'xl did not end in time' });
});

test('a name that is taken and a domain that is not there are known', () => {
  const taken =
    'libxl: error: libxl_domain.c:81:libxl__domain_rename: Domain 8:Domain with name "hotzone.a.b" already exists.\n';
  assert.ok(isNameTaken(ran(taken + TIDYING)));
  assert.ok(!isNameTaken(ran(TIDYING)));
  assert.ok(isUnknownDomain(ran('hotzone.a.b is an invalid domain identifier (rc=-6)\n', 1)));
  assert.ok(
    isUnknownDomain(ran("Can't get domid of domain name 'nix', maybe this domain does not exist.\n", 1)),
  );
  assert.ok(!isUnknownDomain(ran('destroy failed (rc=-15)\n', 1)));
});
