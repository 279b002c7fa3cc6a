const KEY = 'hotzone-admin-token';

/** The admin token, kept until the tab is closed and for this origin only; never in an address. */
export interface TokenBox {
  get(): string | null;
  set(token: string): void;
  forget(): void;
}

/** `storage`: the tab's sessionStorage, or null where the browser keeps none. */
export function tokenBox(storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'> | null): TokenBox {
  let kept = storage?.getItem(KEY) ?? null;
  return {
    get: () => kept,
    set: (token) => {
      kept = token;
      storage?.setItem(KEY, token);
    },
    forget: () => {
      kept = null;
      storage?.removeItem(KEY);
    },
  };
}

/** What can be sent as a bearer token (RFC 6750, section 2.1). */
export function isToken(text: string): boolean {
  return /^[A-Za-z0-9._~+/-]+=*$/.test(text);
}
