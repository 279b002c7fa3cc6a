/** What is drawn of a page. */
export interface Sample {
  readonly demand: number;
  readonly serving: number;
  readonly alive: number;
  readonly desired: number;
}

/** As many as a screen has columns. */
const POINTS_MAX = 1_200;

/**
 * Samples over time, a thousand or so however long it is. Each point has the mean demand of its time and the most
 * replicas, so that a short peak is seen.
 */
export class Series {
  readonly stepMs: number;
  readonly #points: { demand: number; seconds: number; serving: number; alive: number; desired: number }[] =
    [];

  constructor(durationMs: number) {
    this.stepMs = Math.max(1_000, Math.ceil(durationMs / POINTS_MAX / 1_000) * 1_000);
  }

  add(at: number, { demand, serving, alive, desired }: Sample): void {
    const place = Math.floor(at / this.stepMs);
    const point = this.#points[place];
    if (point === undefined) {
      while (this.#points.length < place)
        this.#points.push({ demand: Number.NaN, seconds: 1, serving: 0, alive: 0, desired: 0 });
      this.#points.push({ demand, seconds: 1, serving, alive, desired });
      return;
    }
    point.demand += demand;
    point.seconds += 1;
    point.serving = Math.max(point.serving, serving);
    point.alive = Math.max(point.alive, alive);
    point.desired = Math.max(point.desired, desired);
  }

  /** Demand is not a number where nobody knows it. */
  points(): readonly Sample[] {
    return this.#points.map(({ demand, seconds, serving, alive, desired }) => ({
      demand: demand / seconds,
      serving,
      alive,
      desired,
    }));
  }
}
