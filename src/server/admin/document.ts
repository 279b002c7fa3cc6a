import { createHash } from 'node:crypto';
import type { Assets } from './assets.js';
import type { Reply } from './reply.js';

/** The status page as a browser first gets it: an empty frame, whose modules fill it from the API. */
export function statusPage(assets: Assets, status = 200): Reply {
  return {
    status,
    type: 'text/html; charset=utf-8',
    body: markup(assets),
    headers: { 'content-security-policy': contentSecurityPolicy(assets) },
  };
}

/** Nothing here comes from anybody: what is shown of the site is put in as text by the modules. */
function markup({ base, modules, styles, importMap }: Assets): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>hotzone</title>
<link rel="icon" href="data:,">
${styles.map((path) => `<link rel="stylesheet" href="${base}${path}">`).join('\n')}
<script type="importmap">${importMap}</script>
${modules.map((path) => `<link rel="modulepreload" href="${base}${path}">`).join('\n')}
<script type="module" src="${base}page/main.js"></script>
</head>
<body>
<div id="app"><p class="waiting">Loading …</p></div>
<noscript><p class="waiting">This page needs JavaScript. "hotzone status" and "hotzone explain PAGE" say the same in a terminal.</p></noscript>
</body>
</html>
`;
}

/** Own files, the API and nothing else; no markup can be made of text (Trusted Types), and nobody may frame it. */
function contentSecurityPolicy({ importMap }: Assets): string {
  return [
    "default-src 'none'",
    "style-src 'self'",
    `script-src 'self' '${hashSource(importMap)}'`,
    "connect-src 'self'",
    'img-src data:',
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
}

/** CSP Level 3 section 2.3.1: the hash of an inline element's exact text. */
function hashSource(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
