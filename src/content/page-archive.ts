import { buffer } from 'node:stream/consumers';
import { pack } from 'tar-stream';
import type { Bundle } from '../site/bundle.js';
import { headerBlock } from '../site/header-block.js';
import { ownPath } from '../site/request-target.js';

const READABLE_BY_ALL = 0o444;

/**
 * A page as a tar archive (ustar, POSIX.1-1988) for a unikernel that reads its files from a block device: `host`,
 * `path`, `head` with finished header lines, and `body`, none of it compressed. The same page gives the same bytes.
 */
export async function pageArchive(bundle: Bundle): Promise<Buffer> {
  const [identity] = bundle.representations;
  if (identity === undefined) throw new Error(`${bundle.path} has no representation`);
  const { whole, content, validator } = headerBlock({ ...bundle, representations: [identity] }, identity);
  const lines = [...whole, ...content.filter(([name]) => name !== 'Accept-Ranges'), ...validator];
  const files = {
    host: bundle.host,
    path: ownPath(bundle.urlPath),
    head: lines.map(([name, value]) => `${name}: ${value}\n`).join(''),
    body: Buffer.from(identity.body),
  };
  const archive = pack();
  const mtime = new Date(bundle.lastModified * 1_000);
  for (const [name, content] of Object.entries(files)) {
    archive.entry({ name, mtime, mode: READABLE_BY_ALL }, content);
  }
  archive.finalize();
  return buffer(archive);
}
