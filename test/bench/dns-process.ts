/** The DNS server alone, as a process: `node dns-process.js PAGES PORT`; PAGES has a host name and an address a line. */
import { readFileSync } from 'node:fs';
import { defaultRecords } from '../../src/dns/record.js';
import { startDnsServer } from '../../src/server/dns/dns-server.js';
import { ZONE } from './dns-peers.js';

const [file = '', port = '0'] = process.argv.slice(2);
const pages = readFileSync(file, 'utf8')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => line.split('\t'))
  .map(([host = '', address = '']) => ({
    host,
    ttl: 30,
    maxAddresses: 8,
    addresses: [{ address, weight: 1 }],
  }));
const records = defaultRecords({
  domain: ZONE,
  nameServers: [{ host: `ns1.${ZONE}`, addresses: ['127.0.0.1'] }],
  hostmaster: `hostmaster@${ZONE}`,
});
if (!records.ok) throw new Error('the default records are no zone');
const server = await startDnsServer({
  listen: [{ address: '127.0.0.1', port: Number(port) }],
  domain: ZONE,
  records: records.value,
  onBatch: () => undefined,
  onFatal: (error) => {
    throw error;
  },
});
await server.publish({ serial: 5, pages, removed: [] });
process.once('SIGTERM', () => void server.close());
