import { connect, createServer, type Server } from 'node:net';

const MAX_LINE_BYTES = 256;
const IDLE_MS = 5_000;
/** No read, write or search for anybody but the owner (umask(2)). */
const OWNER_ONLY = 0o177;

/**
 * Listens on a Unix socket of mode 0600 and answers each line of JSON with one: what `answer` gives. A line that is no
 * JSON is `undefined`.
 */
export function openJsonSocket(path: string, answer: (message: unknown) => unknown): Promise<Server> {
  const server = createServer((socket) => {
    let pending = '';
    socket.setTimeout(IDLE_MS, () => socket.destroy());
    socket.on('error', () => socket.destroy());
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => {
      const lines = (pending + chunk).split('\n');
      pending = lines.pop() ?? '';
      for (const line of lines) socket.write(`${JSON.stringify(answer(parse(line)))}\n`);
      if (pending.length > MAX_LINE_BYTES) socket.destroy();
    });
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    // The file is made within the call to listen, so nobody ever sees it with another mode.
    const umask = process.umask(OWNER_ONLY);
    server.listen(path, () => {
      server.off('error', reject);
      // Whatever happens to the socket's folder later, the page is served on.
      server.on('error', () => {});
      resolve(server);
    });
    process.umask(umask);
  });
}

/** The reply to one message; `undefined` when no sensible one came in time. */
export function askJson(
  path: string,
  message: unknown,
  limits: { readonly timeoutMs: number; readonly maxReplyBytes: number },
): Promise<unknown> {
  return new Promise((resolve) => {
    let reply = '';
    const socket = connect(path);
    const timer = setTimeout(() => socket.destroy(), limits.timeoutMs);
    socket.setEncoding('utf8');
    socket.on('connect', () => socket.write(`${JSON.stringify(message)}\n`));
    socket.on('data', (chunk: string) => {
      reply += chunk;
      if (chunk.includes('\n') || reply.length > limits.maxReplyBytes) socket.destroy();
    });
    // No socket, nobody behind it, or gone in the middle: no answer. The close event follows.
    socket.on('error', () => {});
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(parse(reply));
    });
  });
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
