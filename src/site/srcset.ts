/** A range of a text, `end` exclusive. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

const SKIPPED = /[\t\n\f\r ,]*/y;
const URL_RUN = /[^\t\n\f\r ]*/y;

/** The URLs of a srcset attribute (HTML standard, section 4.8.4.3.10 "Parsing a srcset attribute"). */
export function srcsetUrls(text: string): Range[] {
  const urls: Range[] = [];
  let position = 0;
  for (;;) {
    const start = endOf(SKIPPED, text, position);
    const runEnd = endOf(URL_RUN, text, start);
    if (runEnd === start) return urls;
    let end = runEnd;
    while (text[end - 1] === ',') end -= 1;
    urls.push({ start, end });
    // A comma that ends the run ends the candidate too; otherwise descriptors follow.
    position = end < runEnd ? runEnd : endOfDescriptors(text, runEnd);
  }
}

function endOf(pattern: RegExp, text: string, position: number): number {
  pattern.lastIndex = position;
  pattern.exec(text);
  return pattern.lastIndex;
}

/** The next comma outside parentheses, which do not nest. */
function endOfDescriptors(text: string, start: number): number {
  let inParentheses = false;
  for (let position = start; position < text.length; position += 1) {
    const character = text[position];
    if (character === '(') inParentheses = true;
    else if (character === ')') inParentheses = false;
    else if (character === ',' && !inParentheses) return position + 1;
  }
  return text.length;
}
