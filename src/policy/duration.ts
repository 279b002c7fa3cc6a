const UNIT_MS = { h: 3_600_000, m: 60_000, s: 1_000, ms: 1 } as const;
const UNITS = ['h', 'm', 's', 'ms'] as const;

/** Whole numbers with units, the largest unit first, each at most once: `1h30m`, `45s`, `250ms`. */
const DURATION = /^(?=\d)(?:(\d{1,12})h)?(?:(\d{1,12})m(?!s))?(?:(\d{1,12})s)?(?:(\d{1,12})ms)?$/;

/** Milliseconds, or `null` when `text` is not a duration. A bare number is none: `30` does not say of what. */
export function parseDuration(text: string): number | null {
  const match = DURATION.exec(text);
  if (match === null) return null;
  return UNITS.reduce((sum, unit, index) => sum + Number(match[index + 1] ?? 0) * UNIT_MS[unit], 0);
}

/** The shortest form that `parseDuration` reads back: `90_000` is `1m30s`, `0` is `0s`. Takes whole milliseconds >= 0. */
export function formatDuration(milliseconds: number): string {
  let rest = milliseconds;
  let text = '';
  for (const unit of UNITS) {
    const count = Math.floor(rest / UNIT_MS[unit]);
    rest -= count * UNIT_MS[unit];
    if (count > 0) text += `${count}${unit}`;
  }
  return text === '' ? '0s' : text;
}
