import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { reportData } from './report-data.js';
import { drawReport } from './report-script.js';
import type { Outcome } from './run.js';
import { FIGURES } from './text.js';

const require = createRequire(import.meta.url);

const STYLE = `
:root { color-scheme: light dark; --text: #222; --back: #fff; --grid: #ddd; --shade: #2222;
  --line-0: #1f6fb2; --line-1: #c2410c; --line-2: #15803d; --line-3: #7e22ce; --line-4: #a16207; --line-5: #be123c; }
@media (prefers-color-scheme: dark) { :root { --text: #ddd; --back: #16181c; --grid: #3a3d44; --shade: #ddd2;
  --line-0: #6cb2f0; --line-1: #fb923c; --line-2: #4ade80; --line-3: #c084fc; --line-4: #facc15; --line-5: #fb7185; } }
body { margin: 0 auto; max-width: 72rem; padding: 1rem; background: var(--back); color: var(--text);
  font: 1rem/1.5 system-ui, sans-serif; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; margin: 1.5rem 0 .5rem; }
.table { overflow-x: auto; }
table { border-collapse: collapse; } th, td { padding: .25rem .75rem; border-bottom: 1px solid var(--grid); }
th { text-align: left; font-weight: 600; } td, thead th + th { text-align: right; font-variant-numeric: tabular-nums; }
th small { display: block; font-weight: 400; opacity: .75; }
.u-legend { text-align: left; } select { font: inherit; max-width: 100%; }
`;

/** A report of one file: nothing in it is loaded from anywhere. */
export function htmlReport(
  about: readonly string[],
  outcomes: readonly Outcome[],
  startedAt: number,
): string {
  const data = JSON.stringify(reportData(outcomes, startedAt)).replaceAll('<', '\\u003c');
  const names = outcomes.map(({ contender }) => contender.name);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<title>hotzone simulate: ${escapeHtml(names.join(', '))}</title>
<style>${packageFile('dist/uPlot.min.css')}${STYLE}</style>
</head>
<body>
<h1>What ${escapeHtml(names.join(', '))} would have made of it</h1>
<ul>
${about.map((line) => `<li>${escapeHtml(line.trim())}</li>`).join('\n')}
</ul>
<div class="table">
<table>
<thead><tr><th></th>${names.map((name) => `<th scope="col">${escapeHtml(name)}</th>`).join('')}</tr></thead>
<tbody>
${FIGURES.map(({ title, about: meaning, of }) =>
  row(
    title,
    meaning,
    outcomes.map(({ totals }) => of(totals)),
  ),
).join('\n')}
</tbody>
</table>
</div>
<h2><label for="page">Over time:</label> <select id="page"></select></h2>
<div id="demand"></div>
<div id="serving"></div>
<div id="alive"></div>
<script>${packageFile('dist/uPlot.iife.min.js')}</script>
<script>(${drawReport.toString()})(Object.assign(window, { uPlot }), ${data});</script>
</body>
</html>
`;
}

function row(title: string, meaning: string, values: readonly string[]): string {
  const cells = values.map((value) => `<td>${escapeHtml(value)}</td>`).join('');
  return `<tr><th scope="row">${escapeHtml(title)}<small>${escapeHtml(meaning)}</small></th>${cells}</tr>`;
}

/** A file of the plotting library, in a form that cannot end the element that it is put into. */
function packageFile(path: string): string {
  return readFileSync(require.resolve(`uplot/${path}`), 'utf8').replaceAll('</', '<\\/');
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
