import type { Server } from 'node:net';
import { openJsonSocket } from './json-socket.js';

/** What a controller may ask of a page server, one JSON line a request: `{"do":"drain"}`. */
export type ControlCommand = 'counters' | 'drain' | 'stop';

/** Answers each command with what `run` gives, or with `{"error":"..."}`. */
export function openControlSocket(path: string, run: (command: ControlCommand) => unknown): Promise<Server> {
  return openJsonSocket(path, (message) => {
    const command = (message as { readonly do?: unknown } | null | undefined)?.do;
    return isCommand(command) ? run(command) : { error: 'expected {"do":"counters"}, "drain" or "stop"' };
  });
}

function isCommand(command: unknown): command is ControlCommand {
  return command === 'counters' || command === 'drain' || command === 'stop';
}
