import type { Article } from './article.js';
import { ARTICLES } from './articles.js';
import { DEMO_DOMAIN } from './domain.js';

/** Every category of the site, by its folder's name. */
export const CATEGORIES: ReadonlyMap<string, string> = new Map([
  ['ardrone', 'Crowds'],
  ['bloom-filters', 'Bounded memory'],
  ['experiments', 'Experiments'],
  ['java', 'Algorithms'],
  ['mirageos', 'MirageOS'],
  ['mist', 'Caches'],
  ['unikernel', 'Unikernels'],
  ['vim', 'Command line'],
  ['virtualbox', 'Virtual machines'],
  ['xen', 'Xen'],
]);

/** A whole page around its content. */
export function renderPage(title: string, content: string): string {
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${title} - hot pages</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="canonical" href="http://${DEMO_DOMAIN}/">
<link rel="stylesheet" href="/theme/css/main.css">
<script src="/theme/js/modernizr-2.0.js"></script>
<script src='/theme/js/ender.js'></script>
<script src=/theme/js/octopress.js></script>
<script src="//${DEMO_DOMAIN}/theme/js/github.js"></script>
</head>
<body>
<header><h1><a href="http://${DEMO_DOMAIN}">hot <span>pages</span></a></h1>
<p>A small site in which every page has a host name of its own</p></header>
<nav><a href="/">Articles</a><a href="/software/">Software</a><a href="/publications/">Publications</a><a
 href="/about/index.html">About</a></nav>
<div class="columns">
<main>
${content}
</main>
<aside>
<div class="search"><input type="search" placeholder="Find an article" aria-label="Find an article"></div>
<h2>Recent articles</h2>
<ul>
${ARTICLES.map((article) => `<li><a href="${article.folder}">${article.title}</a></li>`).join('\n')}
</ul>
<h2>Categories</h2>
<ul>
${[...CATEGORIES].map(([name, label]) => `<li><a href="/blog/categories/${name}/">${label}</a></li>`).join('\n')}
</ul>
<h2>Contact</h2>
<p class="follow"><a href="/about/#follow">Follow</a></p>
<p class="mail"><a href="mailto:hello@${DEMO_DOMAIN}">Write to us</a></p>
</aside>
</div>
<footer><span class="served-by">Each page here has a host of its own.</span></footer>
</body>
</html>
`;
}

/** An article as lists show it: its beginning, and a link to the rest. */
export function renderTeaser(article: Article): string {
  return `<article><h2><a href="${article.folder}">${article.title}</a></h2>
<p class="date">${article.date}</p>
<p>${article.summary}</p></article>`;
}

export function renderArticle(article: Article): string {
  const categories = article.categories
    .map((name) => `<a href="/blog/categories/${name}/">${CATEGORIES.get(name) ?? name}</a>`)
    .join(', ');
  return `<article><h2>${article.title}</h2>
<p class="date">${article.date}, in ${categories}</p>
${article.body}</article>`;
}
