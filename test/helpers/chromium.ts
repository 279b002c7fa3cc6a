import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';

type Result = Readonly<Record<string, unknown>>;

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Result;
  readonly result?: Result;
  readonly error?: { readonly message: string };
}

export interface NetworkResponse {
  readonly url: string;
  readonly status: number;
  /** Of the server; undefined when it came from the cache. */
  readonly remoteIPAddress?: string;
}

/** One tab of a real browser, told what to do by the Chrome DevTools Protocol. */
export interface Tab {
  /** Sends a command of the protocol, e.g. `Page.navigate`. */
  send(method: string, params?: Result): Promise<Result>;
  /** Opens a page and waits until it is loaded. */
  open(url: string): Promise<void>;
  /** Waits until the page that an action leads to is loaded. */
  load(action: () => Promise<unknown>): Promise<void>;
  /** The value of an expression in the page; a promise is waited for. */
  evaluate(expression: string): Promise<unknown>;
  /** The whole page as PNG, also what is below the fold. */
  screenshot(): Promise<Buffer>;
  /** What the page did wrong so far: exceptions, errors on the console, refused resources. */
  readonly complaints: readonly string[];
  /** What came for it over the network or from its cache, in order. */
  readonly responses: readonly NetworkResponse[];
  close(): Promise<void>;
}

const END_OF_MESSAGE = '\0';
const REMOVAL_ATTEMPTS = 50;
/** A profile of its own, no traffic of the browser's own, and no sandbox, since tests may run as root. */
const FLAGS = [
  '--headless=new',
  '--remote-debugging-pipe',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-background-networking',
  '--disable-component-update',
  '--no-first-run',
];

/** `flags` are for the browser too, e.g. `--host-resolver-rules=...`. */
export async function openTab(program: string, flags: readonly string[] = []): Promise<Tab> {
  const profile = mkdtempSync(join(tmpdir(), 'hotzone-chromium-'));
  const child = spawn(program, [...FLAGS, ...flags, `--user-data-dir=${profile}`, 'about:blank'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit');
  const toBrowser = child.stdio[3] as Writable;
  const fromBrowser = child.stdio[4] as Readable;

  const waiting = new Map<number, (message: Message) => void>();
  const complaints: string[] = [];
  const responses: NetworkResponse[] = [];
  let onLoad = () => {};
  let rest = '';
  let lastId = 0;
  let sessionId: string | undefined;

  fromBrowser.setEncoding('utf8');
  fromBrowser.on('data', (chunk: string) => {
    const messages = (rest + chunk).split(END_OF_MESSAGE);
    rest = messages.pop() ?? '';
    for (const text of messages) receive(JSON.parse(text) as Message);
  });

  function receive(message: Message): void {
    if (message.id !== undefined) {
      waiting.get(message.id)?.(message);
      waiting.delete(message.id);
    } else if (message.method === 'Page.loadEventFired') onLoad();
    else if (message.method === 'Network.responseReceived')
      responses.push(message.params?.response as NetworkResponse);
    else if (message.method === 'Runtime.exceptionThrown' || message.method === 'Log.entryAdded')
      complaints.push(JSON.stringify(message.params));
  }

  function send(method: string, params: Result = {}): Promise<Result> {
    lastId += 1;
    const id = lastId;
    const session = sessionId === undefined ? {} : { sessionId };
    toBrowser.write(JSON.stringify({ id, method, params, ...session }) + END_OF_MESSAGE);
    return new Promise((resolve, reject) => {
      waiting.set(id, ({ result, error }) =>
        error === undefined ? resolve(result ?? {}) : reject(new Error(`${method}: ${error.message}`)),
      );
    });
  }

  const { targetId } = await send('Target.createTarget', { url: 'about:blank' });
  sessionId = (await send('Target.attachToTarget', { targetId, flatten: true })).sessionId as string;
  for (const domain of ['Page', 'Runtime', 'Log', 'Network']) await send(`${domain}.enable`);

  async function load(action: () => Promise<unknown>): Promise<void> {
    const loaded = new Promise<void>((resolve) => {
      onLoad = resolve;
    });
    await action();
    await loaded;
  }

  return {
    send,
    complaints,
    responses,
    load,
    open: (url) => load(() => send('Page.navigate', { url })),
    evaluate: async (expression) => {
      const answer = await send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
      if (answer.exceptionDetails !== undefined) throw new Error(JSON.stringify(answer.exceptionDetails));
      return (answer.result as { value?: unknown }).value;
    },
    screenshot: async () => {
      const { data } = await send('Page.captureScreenshot', { captureBeyondViewport: true });
      return Buffer.from(String(data), 'base64');
    },
    close: async () => {
      child.kill();
      await exited;
      await removeFolder(profile);
    },
  };
}

/** Helper processes outlive the browser for a moment, and put new files into the profile until they end. */
async function removeFolder(folder: string): Promise<void> {
  for (let attempt = 0; existsSync(folder); attempt += 1) {
    try {
      rmSync(folder, { recursive: true, force: true });
    } catch (error) {
      if (attempt === REMOVAL_ATTEMPTS) throw error;
      await delay(100);
    }
  }
}
