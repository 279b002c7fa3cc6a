/** Selects the daemons that are chosen above the dashboard; a matcher on other labels may be added. */
export function of(metric: string, matchers = ''): string {
  const chosen = 'job=~"$job", instance=~"$instance"';
  return `${metric}{${matchers === '' ? chosen : `${chosen}, ${matchers}`}}`;
}

/**
 * Per second. Grafana's own interval holds at least four scrapes, however far one zooms
 * (grafana.com/docs/grafana/latest/datasources/prometheus/template-variables).
 */
export function rate(metric: string, matchers = ''): string {
  return `rate(${of(metric, matchers)}[$__rate_interval])`;
}

export function increase(metric: string, matchers = ''): string {
  return `increase(${of(metric, matchers)}[$__rate_interval])`;
}

/** `histogram` without its suffix; `by` may be empty. */
export function quantile(q: number, histogram: string, by: readonly string[] = [], matchers = ''): string {
  const labels = ['le', ...by].join(', ');
  return `histogram_quantile(${q}, sum by (${labels}) (${rate(`${histogram}_bucket`, matchers)}))`;
}

/** How many observations fell into each bucket. */
export function buckets(histogram: string, matchers = ''): string {
  return `sum by (le) (${increase(`${histogram}_bucket`, matchers)})`;
}
