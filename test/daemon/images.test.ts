import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DOMAIN } from '../helpers/daemon/hotzone.js';
import { ONE_EACH_POLICY, Scene } from '../helpers/daemon/scene.js';
import { ask } from '../helpers/http.js';

const HOST = `index-html.${DOMAIN}`;
/** A page that is another one for every visitor. */
const SERVER = `let visits = 0; require("node:http").createServer((_, response) => response.end(process.argv[3] + " " + ++visits)).listen(Number(process.argv[2]), process.argv[1])`;

function policyWith(probe: string): string {
  const command = JSON.stringify([process.execPath, '--eval', SERVER, '{address}', '{port}', '{host}']);
  return `${ONE_EACH_POLICY.replace('failureThreshold: 2', `failureThreshold: 2${probe}`)}placement: [{ driver: process, image: { command: ${command} } }]\n`;
}

test("a page that is made for each visitor is served by the operator's own command", async (t) => {
  const scene = await Scene.set(t);
  scene.writePolicy('quick.yaml', policyWith(', expect: { bodySha256: any }'));
  const daemon = await scene.start();
  const [address] = await daemon.until('a replica is answered', async () => {
    const addresses = await daemon.addresses(HOST);
    return !addresses.includes(scene.originAddress) && addresses;
  });
  const visit = async (): Promise<string> =>
    (
      await ask({ port: scene.httpPort, host: HOST, ...(address === undefined ? {} : { address }) })
    ).body.toString();
  const [first, second] = [await visit(), await visit()];
  assert.match(first, new RegExp(`^${HOST} \\d+$`));
  assert.notEqual(first, second);
});

test('a command that serves something else than the page gets no visitor unless the policy allows it', async (t) => {
  const scene = await Scene.set(t);
  scene.writePolicy('quick.yaml', policyWith(''));
  const daemon = await scene.start();
  const failed = await daemon.until(
    'it is given up',
    () => daemon.logged('a replica moved', { to: 'failed' })[0],
  );
  assert.match(String(failed.reason), /the body's SHA-256 is/);
  assert.deepEqual(await daemon.addresses(HOST), [scene.originAddress]);
});
