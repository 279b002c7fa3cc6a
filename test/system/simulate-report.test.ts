import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { simulatePolicies } from '../../src/cli/simulate.js';
import { captureIo } from '../helpers/captured-io.js';
import { openTab } from '../helpers/chromium.js';
import { findProgram, skipWithout } from '../helpers/program.js';
import { crowdCsv } from '../helpers/recorded-crowd.js';

const POLICY = (name: string, target: number): string =>
  `version: 1\nname: ${name}\nmatch: { pages: ["/**"] }\nmaxReplicas: 8\nmetric: { target: ${target} }\n`;

/** How many dots of each canvas are painted. */
const PAINTED = `[...document.querySelectorAll('canvas')].map((canvas) => {
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  let painted = 0;
  for (let at = 3; at < data.length; at += 4) if (data[at] > 128) painted += 1;
  return painted;
})`;

test('the report draws itself in a browser, light and dark and narrow, out of its own file alone', {
  skip: skipWithout('chromium', 'chromium'),
}, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'hotzone-report-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const html = join(folder, 'report.html');
  const code = await simulatePolicies(
    {
      policies: [file('a.yaml', POLICY('a', 10)), file('<b>.yaml', POLICY('b', 20))],
      trace: file('log.csv', crowdCsv(['a.example.test', 'b.example.test'], 1_800)),
      traceTtl: 30_000,
      naming: 'flat',
      maxInstances: 100,
      seed: 1,
      json: false,
      html,
    },
    captureIo(),
  );
  assert.equal(code, 0);
  assert.doesNotMatch(readFileSync(html, 'utf8'), /(?:src|href)="/);

  const tab = await openTab(findProgram('chromium') ?? '');
  t.after(() => tab.close());
  await tab.send('Emulation.setDeviceMetricsOverride', {
    width: 1_000,
    height: 1_400,
    deviceScaleFactor: 1,
    mobile: false,
  });
  await tab.open(pathToFileURL(html).href);
  const light = (await tab.evaluate(PAINTED)) as number[];
  assert.equal(light.length, 3);
  for (const painted of light) assert.ok(painted > 2_000, `${light}`);
  assert.equal(await tab.evaluate('document.querySelectorAll(".table tbody tr").length'), 9);
  assert.equal(await tab.evaluate('document.querySelectorAll("#page option").length'), 3);
  const back = 'getComputedStyle(document.body).backgroundColor';
  assert.equal(await tab.evaluate(back), 'rgb(255, 255, 255)');
  keep('light', await tab.screenshot());

  await tab.send('Emulation.setEmulatedMedia', {
    features: [{ name: 'prefers-color-scheme', value: 'dark' }],
  });
  assert.notEqual(await tab.evaluate(back), 'rgb(255, 255, 255)');
  await tab.evaluate('page.value = "2"; page.dispatchEvent(new Event("change"))');
  keep('dark', await tab.screenshot());

  await tab.send('Emulation.setDeviceMetricsOverride', {
    width: 360,
    height: 800,
    deviceScaleFactor: 1,
    mobile: true,
  });
  await tab.load(() => tab.send('Page.reload'));
  assert.equal(await tab.evaluate('document.documentElement.scrollWidth <= innerWidth'), true);
  keep('narrow', await tab.screenshot());
  assert.deepEqual(tab.complaints, []);
  assert.deepEqual(
    tab.responses.filter(({ url }) => !url.startsWith('file:')),
    [],
  );
});

/** With SCREENSHOTS set to a folder, for people to look at. */
function keep(name: string, png: Buffer): void {
  const folder = process.env.SCREENSHOTS;
  if (folder !== undefined) writeFileSync(join(folder, `simulate-${name}.png`), png);
}
