import { render } from 'preact';
import { App } from './app.js';
import { openEventStream } from './event-stream.js';
import { manualHand } from './hand.js';
import type { Model } from './model.js';
import { Refresher } from './refresher.js';
import { tokenBox } from './token.js';
import { watch } from './watch.js';
import { visible } from './words.js';

/** A page's own view has its path in the address; the overview has none. */
const asked = new URL(location.href).searchParams;
const path = asked.get('path');
const root = document.getElementById('app') ?? document.body;
let model: Model = {
  link: { kind: 'connecting' },
  snapshot: null,
  refusal: null,
  trouble: null,
  history: new Map(),
  now: Date.now(),
};

function update(change: Partial<Model>): void {
  model = { ...model, ...change, now: Date.now() };
  draw();
}

function draw(): void {
  const { snapshot } = model;
  if (snapshot !== null)
    document.title = `${path === null ? '' : `${visible(path)} · `}${visible(snapshot.status.zone)} · hotzone`;
  const focused = document.activeElement;
  render(<App model={model} hand={hand} />, root);
  // An element loses the focus when it is moved, such as a page whose row goes up.
  if (focused instanceof HTMLElement && focused !== document.activeElement && focused.isConnected)
    focused.focus({ preventScroll: true });
}

const refresher = new Refresher(path, asked.get('at'), () => model, update);
const hand = manualHand(tokenBox(storage()), async () => {
  draw();
  await refresher.refresh(true);
});

/** The browser may be told to keep nothing; the token is then forgotten with every page. */
function storage(): Storage | null {
  try {
    return sessionStorage;
  } catch {
    return null;
  }
}

/** A tab that nobody looks at lets its stream go: the daemon, and the browser for each host, have only so many. */
let watching: AbortController | null = null;
function watchWhileSeen(): void {
  watching?.abort();
  watching = null;
  if (document.hidden) return;
  watching = new AbortController();
  const { signal } = watching;
  void watch(
    {
      openStream: () => openEventStream('/api/v1/events', (name, data) => refresher.take(name, data)),
      refresh: () => refresher.refresh(),
      show: (link) => {
        if (!signal.aborted) update({ link });
      },
      now: () => Date.now(),
      wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    },
    signal,
  );
}

root.replaceChildren();
draw();
document.addEventListener('visibilitychange', watchWhileSeen);
watchWhileSeen();
