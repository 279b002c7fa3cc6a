export interface PatienceOptions {
  /** The process may end while nothing else is waited for. */
  readonly unref?: boolean;
}

/** Rejects when the work takes longer; the work goes on, and what comes of it later is nobody's. */
export async function within<T>(
  limitMs: number,
  what: string,
  work: Promise<T>,
  options: PatienceOptions = {},
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} took more than ${limitMs / 1_000} s`)), limitMs);
    if (options.unref) timer.unref();
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}
