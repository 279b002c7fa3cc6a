/** The site's scripts by path; small, since the point of each is that it has a host of its own. */
export const SCRIPTS: ReadonlyMap<string, string> = new Map([
  [
    '/theme/js/modernizr-2.0.js',
    `// Says to the style sheet that scripts run.
document.documentElement.className += ' js';
`,
  ],
  [
    '/theme/js/ender.js',
    `// The two helpers that the other scripts share.
window.all = function (selector) { return Array.prototype.slice.call(document.querySelectorAll(selector)); };
window.ready = function (run) { document.addEventListener('DOMContentLoaded', run); };
`,
  ],
  [
    '/theme/js/octopress.js',
    `// Typing into the search box hides the articles that do not have the words.
ready(function () {
  all('input[type=search]').forEach(function (input) {
    input.addEventListener('input', function () {
      var words = input.value.toLowerCase();
      all('article').forEach(function (article) {
        article.hidden = article.textContent.toLowerCase().indexOf(words) < 0;
      });
    });
  });
});
`,
  ],
  [
    '/theme/js/github.js',
    `// Shows which host this page came from: each page has one of its own.
ready(function () {
  all('.served-by').forEach(function (place) {
    place.textContent = 'This page came from ' + location.host + '.';
  });
});
`,
  ],
]);
