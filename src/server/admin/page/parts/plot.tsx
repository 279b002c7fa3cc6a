import { useEffect, useRef, useState } from 'preact/hooks';
import type uPlot from 'uplot';
import { formatRate } from '../../format.js';

export interface Line {
  readonly label: string;
  /** A custom property of the style sheet, e.g. `--hot`. */
  readonly color: string;
  readonly values: readonly (number | null)[];
  /** It holds until it changes; otherwise it goes over steadily. */
  readonly isStepped?: boolean;
  readonly isDashed?: boolean;
  readonly isFilled?: boolean;
}

export interface PlotProps {
  readonly title: string;
  readonly unit: string;
  /** Unix milliseconds. */
  readonly times: readonly number[];
  readonly lines: readonly Line[];
  /** The axis shows whole numbers only. */
  readonly isCount?: boolean;
}

const HEIGHT = 190;
const AXIS_WIDTH = 44;
const DASH = [5, 4];
/** Between the marks of the time axis. */
const SECONDS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900];

/** Lines over time; a second plot with the same times follows the pointer of the first. */
export function Plot(props: PlotProps) {
  const { title, unit, times, lines } = props;
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const [isLost, setLost] = useState(false);
  const latest = useRef(props);
  latest.current = props;

  useEffect(() => {
    const container = place.current;
    if (container === null) return;
    let isGone = false;
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    const draw = async (): Promise<void> => {
      const { default: Plotter } = await import('uplot').catch(() => ({ default: null }));
      if (isGone) return;
      // The files of a daemon that was upgraded meanwhile are at other addresses.
      if (Plotter === null) return setLost(true);
      plot.current?.destroy();
      plot.current = new Plotter(
        options(latest.current, container, Plotter),
        dataOf(latest.current),
        container,
      );
    };
    const resized = new ResizeObserver(() =>
      plot.current?.setSize({ width: container.clientWidth, height: HEIGHT }),
    );
    void draw();
    scheme.addEventListener('change', draw);
    resized.observe(container);
    return () => {
      isGone = true;
      scheme.removeEventListener('change', draw);
      resized.disconnect();
      plot.current?.destroy();
      plot.current = null;
    };
  }, []);
  useEffect(() => plot.current?.setData(dataOf(props)), [props]);

  return (
    <figure class="plot">
      <figcaption>
        {title} <small>{unit}</small>
      </figcaption>
      <p class="unseen">{summary(lines)}</p>
      {isLost && <p class="empty">The daemon is another one by now: load this page again for the plots.</p>}
      {times.length < 2 && !isLost && <p class="empty">Being measured; the lines begin in a moment.</p>}
      <div ref={place} aria-hidden="true" hidden={times.length < 2} />
    </figure>
  );
}

/** For whoever does not see it. */
export function summary(lines: readonly Line[]): string {
  return lines
    .map(({ label, values }) => {
      const known = values.filter((value) => value !== null);
      if (known.length === 0) return `${label}: not measured`;
      return `${label}: ${formatRate(known.at(-1) ?? null)} now, at most ${formatRate(Math.max(...known))}`;
    })
    .join('; ');
}

function dataOf({ times, lines }: PlotProps): uPlot.AlignedData {
  return [times.map((time) => time / 1_000), ...lines.map(({ values }) => [...values])];
}

/** Of an axis: 0.25 is not to look like 0.3. */
function mark(value: number): string {
  return value < 10 ? String(Number(value.toPrecision(3))) : formatRate(value);
}

function showLatest(plot: uPlot): void {
  const last = plot.data[0].length - 1;
  if ((plot.cursor.left ?? -1) < 0 && plot.legend.idx !== last && last >= 0) plot.setLegend({ idx: last });
}

function options(
  { lines, isCount = false }: PlotProps,
  container: HTMLElement,
  { paths }: typeof uPlot,
): uPlot.Options {
  const style = getComputedStyle(container);
  const color = (name: string): string => style.getPropertyValue(name).trim();
  const axis: uPlot.Axis = {
    stroke: color('--faint'),
    font: `12px ${style.fontFamily}`,
    grid: { stroke: color('--line'), width: 1 },
    ticks: { show: false },
  };
  const stepped = paths.stepped?.({ align: 1 });
  return {
    width: container.clientWidth,
    height: HEIGHT,
    cursor: { sync: { key: 'page' }, points: { size: 6 }, drag: { setScale: false } },
    // A filled mark for a line that is whole, a dashed frame for one that is not.
    legend: {
      markers: {
        fill: (_, series) =>
          lines[series - 1]?.isDashed === true ? 'transparent' : color(lines[series - 1]?.color ?? ''),
        dash: (_, series) => (lines[series - 1]?.isDashed === true ? 'dashed' : 'solid'),
      },
    },
    // Without a pointer the legend has what is the case now.
    hooks: { setCursor: [(plot) => showLatest(plot)], setData: [(plot) => showLatest(plot)] },
    scales: { y: { range: (_, __, max) => [0, Math.max(1, max * 1.08)] } },
    axes: [
      { ...axis, size: 26, grid: { show: false }, values: '{HH}:{mm}:{ss}', space: 80, incrs: SECONDS },
      {
        ...axis,
        size: AXIS_WIDTH,
        values: (_, ticks) => ticks.map(mark),
        ...(isCount ? { incrs: [1, 2, 5, 10, 20, 50, 100, 500, 1_000] } : {}),
      },
    ],
    series: [
      { label: 'Time', value: '{HH}:{mm}:{ss}' },
      ...lines.map(
        (line): uPlot.Series => ({
          label: line.label,
          stroke: color(line.color),
          width: line.isDashed === true ? 1.25 : 1.75,
          points: { show: false },
          value: (_, value) => formatRate(value),
          ...(line.isDashed === true ? { dash: DASH } : {}),
          ...(line.isFilled === true ? { fill: color('--wash') } : {}),
          ...(line.isStepped === true && stepped !== undefined ? { paths: stepped } : {}),
        }),
      ),
    ],
  };
}
