/** A finished response; the server adds the headers that all of them have. */
export interface Reply {
  readonly status: number;
  readonly type: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export function jsonReply(value: unknown, status = 200): Reply {
  return { status, type: 'application/json; charset=utf-8', body: `${JSON.stringify(value)}\n` };
}

export function textReply(body: string, status = 200): Reply {
  return { status, type: 'text/plain; charset=utf-8', body };
}

/** Every error has this form, whatever was asked for: what is wrong, and what to do about it. */
export function errorReply(
  status: number,
  message: string,
  hint: string,
  headers?: Readonly<Record<string, string>>,
): Reply {
  const reply = jsonReply({ error: { message, hint } }, status);
  return headers === undefined ? reply : { ...reply, headers };
}
