import type { Plot, ReportData } from './report-data.js';

/** The little of a browser that the script below needs, since the rest of the program runs in none. */
interface Element {
  textContent: string;
  innerHTML: string;
  value: string;
  readonly clientWidth: number;
  append(child: Element): void;
  addEventListener(event: string, listener: () => void): void;
}
interface Page {
  getElementById(id: string): Element;
  createElement(name: string): Element;
  readonly documentElement: Element;
}
interface Window {
  readonly document: Page;
  readonly uPlot: (new (
    options: object,
    data: readonly unknown[],
    target: Element,
  ) => unknown) & {
    readonly paths: { stepped(options: object): unknown };
    sync(key: string): { readonly key: string };
  };
  getComputedStyle(element: Element): { getPropertyValue(name: string): string };
  matchMedia(query: string): Element;
  addEventListener(event: string, listener: () => void): void;
}

/**
 * Draws the report in a browser: it is put into the file by its source, so it may use nothing from outside but its
 * arguments.
 */
export function drawReport(window: Window, { names, plots }: ReportData): void {
  const { document, uPlot } = window;
  const choice = document.getElementById('page');
  const colour = (name: string): string =>
    window.getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const line = (place: number): string => colour(`--line-${place % 6}`);

  for (const [place, { title }] of plots.entries()) {
    const option = document.createElement('option');
    option.textContent = title;
    option.value = String(place);
    choice.append(option);
  }

  const chart = (
    id: string,
    label: string,
    plot: Plot,
    series: readonly object[],
    data: readonly unknown[],
  ): void => {
    const target = document.getElementById(id);
    target.innerHTML = '';
    const axis = {
      stroke: colour('--text'),
      grid: { stroke: colour('--grid') },
      ticks: { stroke: colour('--grid') },
    };
    const options = {
      width: Math.max(280, target.clientWidth),
      height: 240,
      cursor: { sync: { key: uPlot.sync('time').key } },
      scales: { y: { range: (_: unknown, _low: number, high: number) => [0, Math.max(1, high * 1.05)] } },
      axes: [axis, { ...axis, label, labelSize: 20, size: 56 }],
      series: [{ label: 'time' }, ...series],
    };
    new uPlot(options, [plot.times, ...data], target);
  };

  const draw = (): void => {
    const plot = plots[Number(choice.value)];
    if (plot === undefined) return;
    const stepped = uPlot.paths.stepped({ align: 1 });
    const wanted = { label: 'visits/s', stroke: colour('--text'), width: 1, fill: colour('--shade') };
    chart('demand', 'visits/s wanted', plot, [wanted], [plot.demand]);
    const replicas = (label: string, place: number): object => ({
      label,
      stroke: line(place),
      width: 2,
      paths: stepped,
    });
    chart('serving', 'replicas that serve', plot, names.map(replicas), plot.serving);
    chart('alive', 'replicas that exist', plot, names.map(replicas), plot.alive);
  };

  draw();
  choice.addEventListener('change', draw);
  window.addEventListener('resize', draw);
  window.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
}
