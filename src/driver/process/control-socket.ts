import { createServer, type Server } from 'node:net';

/** What a controller may ask of a page server, one JSON line a request: `{"do":"drain"}`. */
export type ControlCommand = 'counters' | 'drain' | 'stop';

const MAX_LINE_BYTES = 256;
const IDLE_MS = 5_000;

/**
 * Listens on a Unix socket and answers each line with one line of JSON: what `run` gives, or `{"error":"..."}`.
 * Who may connect is the file's mode, so the caller sets the umask first.
 */
export function openControlSocket(path: string, run: (command: ControlCommand) => unknown): Promise<Server> {
  const server = createServer((socket) => {
    let pending = '';
    socket.setTimeout(IDLE_MS, () => socket.destroy());
    socket.on('error', () => socket.destroy());
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => {
      const lines = (pending + chunk).split('\n');
      pending = lines.pop() ?? '';
      for (const line of lines) socket.write(`${JSON.stringify(reply(line, run))}\n`);
      if (pending.length > MAX_LINE_BYTES) socket.destroy();
    });
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => {
      server.off('error', reject);
      // Whatever happens to the socket's folder later, the page is served on.
      server.on('error', () => {});
      resolve(server);
    });
  });
}

function reply(line: string, run: (command: ControlCommand) => unknown): unknown {
  const command = parseCommand(line);
  return command === null ? { error: 'expected {"do":"counters"}, "drain" or "stop"' } : run(command);
}

function parseCommand(line: string): ControlCommand | null {
  try {
    const command: unknown = (JSON.parse(line) as { readonly do?: unknown } | null)?.do;
    return command === 'counters' || command === 'drain' || command === 'stop' ? command : null;
  } catch {
    return null;
  }
}
