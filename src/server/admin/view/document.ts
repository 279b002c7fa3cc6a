import { createHash } from 'node:crypto';
import { Html, html } from './html.js';
import { SCRIPT } from './script.js';
import { STYLE } from './style.js';

/** Nothing but this page's own style and script, and fetches from where it came; nobody may frame it. */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  `style-src '${hashSource(STYLE)}'`,
  `script-src '${hashSource(SCRIPT)}'`,
  "connect-src 'self'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** A whole page in one piece: no other file is asked for, not even an icon. */
export function document(page: { readonly title: string; readonly body: Html }): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${page.title}</title>
<link rel="icon" href="data:,">
<noscript><meta http-equiv="refresh" content="2"></noscript>
<style>${new Html(STYLE)}</style>
</head>
<body>
<main>
${page.body}
</main>
<p id="live" role="status">live</p>
<script>${new Html(SCRIPT)}</script>
</body>
</html>
`.text;
}

/** CSP Level 3 section 2.3.1: the hash of an inline element's exact text. */
function hashSource(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
