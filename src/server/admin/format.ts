const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** What stands where nothing was measured. */
export const UNKNOWN = '–';

/** A rate per second with as many digits as the eye needs: `0`, `<0.1`, `0.3`, `4.2`, `312`, `12.5k`. */
export function formatRate(value: number | null): string {
  if (value === null) return UNKNOWN;
  if (value > 0 && value < 0.1) return '<0.1';
  if (value >= 10_000) return `${Number((value / 1_000).toFixed(1))}k`;
  if (value >= 10) return String(Math.round(value));
  return String(Number(value.toFixed(1)));
}

/** The two largest units: `8s`, `3m 20s`, `2h 5m`, `4d 1h`. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < MINUTE) return `${whole}s`;
  if (whole < HOUR) return `${Math.floor(whole / MINUTE)}m ${whole % MINUTE}s`;
  if (whole < DAY) return `${Math.floor(whole / HOUR)}h ${Math.floor((whole % HOUR) / MINUTE)}m`;
  return `${Math.floor(whole / DAY)}d ${Math.floor((whole % DAY) / HOUR)}h`;
}

/** What a decision's number went through: only the steps that changed it, or else the last one that has something to say. */
export function decidingSteps<T extends { readonly value: number; readonly detail: string }>(
  from: number,
  chain: readonly T[],
): readonly T[] {
  const changing = chain.filter((step, index) => step.value !== (chain[index - 1]?.value ?? from));
  if (changing.length > 0) return changing;
  const last = chain.findLast(({ detail }) => detail !== '') ?? chain.at(-1);
  return last === undefined ? [] : [last];
}

const CONTROL_PICTURES = 0x2400;
const DELETE = 0x7f;
const DELETE_PICTURE = '\u2421';

/** Control characters and halves of surrogate pairs are not allowed in HTML text and could not be seen: ESC is shown as ␛. */
export function showControls(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  return text.replace(/[\0-\x08\x0b-\x1f\x7f-\x9f\p{Surrogate}\p{Noncharacter_Code_Point}]/gu, (char) => {
    const code = char.charCodeAt(0);
    if (code < 0x20) return String.fromCharCode(CONTROL_PICTURES + code);
    return code === DELETE ? DELETE_PICTURE : '\ufffd';
  });
}
