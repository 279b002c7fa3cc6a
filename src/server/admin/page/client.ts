/** What the daemon answered, or why it did not. */
export type Answer<T> =
  | { readonly ok: true; readonly value: T }
  /** Nothing answers: the daemon is not there, or the way to it is not. */
  | { readonly ok: false; readonly kind: 'unreachable' }
  | Refusal;

/** It answered that it will not; `message` and `hint` are its own words. */
export interface Refusal {
  readonly ok: false;
  readonly kind: 'refused';
  readonly status: number;
  readonly message: string;
  readonly hint: string;
}

/** After so long without an answer nothing is waited for any more. */
const PATIENCE_MS = 5_000;

/** Asks the JSON API; `path` is below this server's root. */
export function ask<T>(path: string): Promise<Answer<T>> {
  return exchange(path, {});
}

/** Has the daemon do something. The token goes in a header only: addresses end up in histories and logs. */
export function order(
  command: string,
  body: Readonly<Record<string, unknown>>,
  token: string,
): Promise<Answer<{ readonly done: readonly string[] }>> {
  return exchange(`/api/v1/${command}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  });
}

async function exchange<T>(path: string, init: RequestInit): Promise<Answer<T>> {
  try {
    const response = await fetch(path, {
      ...init,
      cache: 'no-store',
      credentials: 'omit',
      redirect: 'error',
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const text = await response.text();
    return response.ok ? { ok: true, value: JSON.parse(text) as T } : refusal(response.status, text);
  } catch {
    return { ok: false, kind: 'unreachable' };
  }
}

/** Whoever is in between may answer in another form than the daemon. */
function refusal(status: number, text: string): Refusal {
  const { message, hint } = errorIn(text);
  return {
    ok: false,
    kind: 'refused',
    status,
    message: message ?? `the answer was ${status}`,
    hint: hint ?? 'the log of the daemon may say why',
  };
}

function errorIn(text: string): { readonly message?: string; readonly hint?: string } {
  try {
    return (JSON.parse(text) as { error?: { message?: string; hint?: string } }).error ?? {};
  } catch {
    return {};
  }
}
