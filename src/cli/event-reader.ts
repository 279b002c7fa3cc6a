/** A server-sent event; `id` null: it has none of its own. */
export interface ReadEvent {
  readonly id: string | null;
  readonly type: string;
  readonly data: string;
}

/** Far beyond any event of hotzone. */
const EVENT_LENGTH_MAX = 8 * 1_024 * 1_024;

/** Reads a stream of events as the HTML standard says (section 9.2.6); ends with it. Throws when an event has no end. */
export async function* readEvents(body: AsyncIterable<Uint8Array>): AsyncGenerator<ReadEvent> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body) {
    rest += decoder.decode(chunk, { stream: true });
    // A CR at the end may be the first half of a line's end.
    const parts = rest.split(/\r\n\r\n|\n\n|\r\r(?!\n)/);
    rest = parts.pop() ?? '';
    if (rest.length > EVENT_LENGTH_MAX) throw new Error('an event of the stream does not end');
    for (const part of parts) {
      const event = parseEvent(part);
      if (event !== null) yield event;
    }
  }
}

/** Null for what is no event: comments, and settings of the stream. */
function parseEvent(text: string): ReadEvent | null {
  const fields = new Map<string, string[]>();
  for (const line of text.split(/\r\n|\n|\r/)) {
    const [, name = '', value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
    if (name !== '') fields.set(name, [...(fields.get(name) ?? []), value]);
  }
  const data = fields.get('data');
  if (data === undefined) return null;
  return {
    id: fields.get('id')?.at(-1) ?? null,
    type: fields.get('event')?.at(-1) ?? 'message',
    data: data.join('\n'),
  };
}
