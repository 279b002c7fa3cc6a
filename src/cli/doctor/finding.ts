/** One thing that a host has or lacks. */
export interface Finding {
  readonly what: string;
  /** `unused`: nobody has asked for it. */
  readonly state: 'ok' | 'missing' | 'unused';
  /** What was found, or what is wrong. */
  readonly detail: string;
  /** The command that would mend it; null when there is nothing to mend, or no command does. */
  readonly fix: string | null;
}

export function fine(what: string, detail: string, fix: string | null = null): Finding {
  return { what, state: 'ok', detail, fix };
}

export function missing(what: string, detail: string, fix: string | null): Finding {
  return { what, state: 'missing', detail, fix };
}

export function unused(what: string, detail: string): Finding {
  return { what, state: 'unused', detail, fix: null };
}
