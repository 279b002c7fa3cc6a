import { formatRate } from '../../format.js';
import { HISTORY_MS, heats, type Point } from '../history.js';
import { spark } from '../spark.js';
import { count } from '../words.js';

const WIDTH = 120;
const HEIGHT = 24;
/** So much is shown even where less is known, or the line of a page just met would jump. */
const SHORTEST_MS = 60_000;

export interface SparklineProps {
  readonly points: readonly Point[];
  readonly now: number;
}

/** How much a page was wanted lately, in a word's size. */
export function Sparkline({ points, now }: SparklineProps) {
  const first = points[0]?.at ?? now;
  const span = Math.min(HISTORY_MS, Math.max(SHORTEST_MS, now - first));
  const { line, area, max } = spark(heats(points), {
    width: WIDTH,
    height: HEIGHT,
    from: now - span,
    to: now,
  });
  const minutes = count(Math.round(span / 60_000), 'minute');
  return (
    <svg class="spark" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} width={WIDTH} height={HEIGHT} role="img">
      <title>{`in ${minutes} up to ${formatRate(max)} per second`}</title>
      <path class="area" d={area} />
      <path class="line" d={line} />
    </svg>
  );
}
