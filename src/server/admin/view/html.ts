import { showControls } from '../format.js';

/** Markup that is known to be well-formed and escaped. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type Content = string | number | Html | readonly Content[];

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Whatever is not `Html` is text, in elements and quoted attributes alike: page names come from files that anybody may have named. */
export function html(strings: TemplateStringsArray, ...values: readonly Content[]): Html {
  return new Html(strings.map((text, index) => text + render(values[index] ?? '')).join(''));
}

function render(content: Content): string {
  if (content instanceof Html) return content.text;
  if (typeof content === 'string')
    return showControls(content).replace(/[&<>"']/g, (char) => ESCAPES[char] ?? char);
  if (typeof content === 'number') return String(content);
  return content.map(render).join('');
}
