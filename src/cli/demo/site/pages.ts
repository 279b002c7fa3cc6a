import { ARTICLES } from './articles.js';
import { DEMO_DOMAIN } from './domain.js';
import { CATEGORIES, renderArticle, renderPage, renderTeaser } from './layout.js';

/** The papers: file name, title, and what their one page says. */
export const PAPERS: readonly {
  readonly file: string;
  readonly title: string;
  readonly lines: readonly string[];
}[] = [
  {
    file: 'skjegstad_mistsd_milcom2010.pdf',
    title: 'Finding a service by its name',
    lines: ['A name is all that a visitor has. What it leads to', 'may change from one minute to the next.'],
  },
  {
    file: 'milcom09skjegstad.pdf',
    title: 'Servers that come and go',
    lines: [
      'Out of the answers first, out of the memory last:',
      'an address lives as long as the last cache that holds it.',
    ],
  },
  {
    file: 'milcom11_distributed_chat.pdf',
    title: 'Estimating a crowd behind caches',
    lines: ['n questions in U seconds without a valid answer', 'suggest (n - 1) / U visits per second.'],
  },
];

const ABOUT = `<article><h2>About this site</h2>
<img class="portrait" src="../images/profile.jpg" alt="A flame">
<p>These pages were made to be moved. Each file of the site - every article, picture, script and paper - has a host
name of its own below <code>${DEMO_DOMAIN}</code>, and any of them can be given servers of its own when it gets hot.</p>
<p>The folders and file names are those of a blog of 2015 whose author gave each of its 49 files a unikernel and a
name, and ended with a wish: boot them only for the pages that need them. Words and pictures are this demo's own.</p>
<p id="follow">To follow along, leave the demo running and ask its name server now and then; the terminal shows how.
The standard behind it all is <a href="https://www.rfc-editor.org/rfc/rfc1035">RFC 1035</a>.</p></article>`;

const SOFTWARE = `<article><h2>Software</h2>
<p>hotzone is an authoritative name server that watches what is asked for. A policy says which pages may get
replicas, how many, and from which load on:</p>
<pre>
name: articles
match: { pages: ["/blog/**"] }
minReplicas: 0
maxReplicas: 6
metric: { type: demand, target: 30, activation: 10 }
</pre>
<p>Start with <a href="/blog/2012/01/12/ardrone-test-flight-1/index.html">A crowd arrives</a>, or go
<a href="../index.html">back to all articles</a>.</p></article>`;

const PUBLICATIONS = `<article><h2>Publications</h2>
<p>Short ones: each has one page.</p>
<ul>
${PAPERS.map(({ file, title }) => `<li><a href="../papers/${file}">${title}</a></li>`).join('\n')}
</ul></article>`;

/** Every HTML page of the site by its path. */
export function htmlFiles(): ReadonlyMap<string, string> {
  return new Map([
    ['/index.html', renderPage('Articles', ARTICLES.map(renderTeaser).join('\n'))],
    ['/about/index.html', renderPage('About', ABOUT)],
    ['/software/index.html', renderPage('Software', SOFTWARE)],
    ['/publications/index.html', renderPage('Publications', PUBLICATIONS)],
    ...ARTICLES.map(
      (article) =>
        [`${article.folder}index.html`, renderPage(article.title, renderArticle(article))] as const,
    ),
    ...[...CATEGORIES].map(
      ([name, label]) =>
        [`/blog/categories/${name}/index.html`, renderPage(label, renderCategory(name, label))] as const,
    ),
  ]);
}

function renderCategory(name: string, label: string): string {
  const articles = ARTICLES.filter((article) => article.categories.includes(name));
  return `<h2>${label}</h2>\n${articles.map(renderTeaser).join('\n')}`;
}
