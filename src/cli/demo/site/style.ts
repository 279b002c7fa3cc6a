import { DEMO_DOMAIN } from './domain.js';

/** The style sheet: its pictures are named in the three ways in which style sheets name them. */
export const MAIN_CSS = `:root { --ink: #26323e; --cold: #46829f; --hot: #c93022; --paper: #faf8f3; --line: #d9e1e6; }
* { box-sizing: border-box; }
body {
  margin: 0;
  color: var(--ink);
  background: #f6f4ef url(../images/noise.png?1395516324);
  font: 17px/1.6 Georgia, "DejaVu Serif", serif;
}
a { color: var(--cold); }
a:hover { color: var(--hot); }
header, footer, nav { font-family: "Helvetica Neue", "DejaVu Sans", sans-serif; }
header {
  padding: 28px 24px 20px;
  color: var(--paper);
  background: var(--ink);
}
header a { color: inherit; text-decoration: none; }
header h1 { margin: 0; font-size: 30px; letter-spacing: -0.5px; }
header h1 span { color: #ff9a5c; }
header p { margin: 2px 0 0; opacity: 0.75; font-size: 15px; }
nav {
  padding: 10px 24px;
  background: var(--paper);
  border-bottom: 1px solid var(--line);
  font-size: 15px;
}
nav a { margin-right: 18px; text-decoration: none; font-weight: 600; }
.columns { display: flex; gap: 48px; max-width: 1040px; margin: 0 auto; padding: 28px 24px; align-items: flex-start; }
main { flex: 1; min-width: 0; }
aside { width: 230px; flex: none; font-size: 15px; }
aside h2 {
  margin: 22px 0 8px;
  padding-bottom: 6px;
  font-size: 15px;
  background: url("/theme/images/line-tile.png?1395516324") repeat-x left bottom;
}
aside ul { margin: 0; padding: 0; list-style: none; }
aside input { width: 100%; padding: 6px 8px 6px 30px; border: 1px solid var(--line); font: inherit; background: transparent; }
.search { background: #fff url("/theme/images/search.png?1395516324") no-repeat 8px center; }
.follow { padding-left: 24px; background: url('http://${DEMO_DOMAIN}/theme/images/rss.png?1395516324') no-repeat left center; }
.mail { padding-left: 24px; background: url(//${DEMO_DOMAIN}/theme/images/email.png?1395516324) no-repeat left center; }
h2 { line-height: 1.25; margin: 0 0 4px; font-size: 26px; }
article + article { margin-top: 36px; }
.date { margin: 0 0 14px; color: #6d7a86; font: 14px "Helvetica Neue", "DejaVu Sans", sans-serif; }
figure { margin: 20px 0; }
figure img, figure video { max-width: 100%; border: 1px solid var(--line); background: #fff; }
figcaption { font-size: 14px; color: #6d7a86; }
.row { display: flex; flex-wrap: wrap; gap: 12px; }
pre {
  padding: 0 14px;
  overflow-x: auto;
  background: url("/theme/images/code_bg.png?1395516324");
  border-left: 3px solid var(--cold);
  font: 14px/20px "DejaVu Sans Mono", Menlo, monospace;
}
.portrait { float: right; margin: 0 0 16px 24px; width: 120px; border-radius: 50%; }
footer { padding: 18px 24px 40px; text-align: center; font-size: 14px; color: #6d7a86; }
@media (max-width: 760px) { .columns { display: block; } aside { width: auto; margin-top: 36px; } }
`;
