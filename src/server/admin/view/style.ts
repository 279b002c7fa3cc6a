/** The look of the status page, in light and dark; a table becomes a stack of cards where it would not fit. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --ground: #f7f6f3; --card: #ffffff; --line: #dedbd4; --ink: #1d1f23; --faint: #5f6369;
  --link: #1550a8; --hot: #b3400a; --good: #17693a; --wait: #1550a8; --leave: #7d5a00; --bad: #b01e28;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #131519; --card: #1b1e24; --line: #32363f; --ink: #e8e6e1; --faint: #a2a6ae;
    --link: #8db8ff; --hot: #ff9a5c; --good: #6fd08f; --wait: #8db8ff; --leave: #e5bd57; --bad: #ff8d8d;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 15px/1.45 system-ui, sans-serif; }
main { max-width: 1400px; margin: 0 auto; padding: 16px 20px 48px; }
a { color: var(--link); overflow-wrap: anywhere; }
a:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; border-radius: 2px; }
h1 { margin: 0; font-size: 26px; line-height: 1.2; overflow-wrap: anywhere; }
h2 { margin: 32px 0 10px; font-size: 17px; }
header p { margin: 4px 0; color: var(--faint); }
small { color: var(--faint); font-size: 12.5px; }
#live { position: fixed; right: 12px; bottom: 12px; margin: 0; padding: 2px 10px; border-radius: 12px;
  background: var(--card); border: 1px solid var(--line); color: var(--faint); font-size: 12.5px; }
.stale #live { color: var(--bad); border-color: var(--bad); font-weight: 600; }
.stale main { opacity: .55; }
.tiles, .facts { display: grid; gap: 8px; margin: 16px 0 0; grid-template-columns: repeat(auto-fit, minmax(110px, 1fr)); }
.facts { grid-template-columns: repeat(auto-fit, minmax(220px, 1fr)); }
.tiles div, .facts div { background: var(--card); border: 1px solid var(--line); border-radius: 6px; padding: 8px 12px; }
dt { color: var(--faint); font-size: 12.5px; }
dd { margin: 0; overflow-wrap: anywhere; }
.tiles dd { font-size: 22px; font-variant-numeric: tabular-nums; white-space: nowrap; }
.hot dd, .up { color: var(--hot); } .serving dd { color: var(--good); } .booting dd { color: var(--wait); }
.draining dd, .down { color: var(--leave); } .failed dd { color: var(--bad); }
table { width: 100%; border-collapse: collapse; background: var(--card); border: 1px solid var(--line); border-radius: 6px; }
caption { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
pre + table { margin-top: 12px; }
th, td { padding: 7px 12px; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); overflow-wrap: break-word; }
th { color: var(--faint); font-size: 12.5px; font-weight: 500; white-space: nowrap; }
tbody tr:last-child td { border-bottom: 0; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
td small { display: block; }
.addresses { margin: 0; padding: 0; list-style: none; }
.addresses, .address { font-family: ui-monospace, monospace; font-size: 13px; }
.none, .empty { color: var(--faint); }
.chip { display: inline-block; padding: 0 7px; border: 1px solid currentColor; border-radius: 9px; font-size: 12.5px; white-space: nowrap; }
.chip.serving { color: var(--good); } .chip.planned, .chip.booting, .chip.probing { color: var(--wait); }
.chip.draining, .chip.stopping, .chip.dry { color: var(--leave); } .chip.gone { color: var(--faint); }
.chip.failed, .chip.lost, .chip.orphan { color: var(--bad); }
.feed { margin: 0; padding: 0; list-style: none; background: var(--card); border: 1px solid var(--line); border-radius: 6px; }
.feed li { padding: 8px 12px; border-bottom: 1px solid var(--line); } .feed li:last-child { border-bottom: 0; }
.feed p { margin: 1px 0; overflow-wrap: anywhere; } .feed b { font-weight: 600; }
.feed .action { color: var(--faint); font-family: ui-monospace, monospace; font-size: 13px; }
.change { font-weight: 600; font-variant-numeric: tabular-nums; white-space: nowrap; } time { color: var(--faint); font-variant-numeric: tabular-nums; }
pre { margin: 0; padding: 10px 12px; background: var(--card); border: 1px solid var(--line); border-radius: 6px;
  font: 13px/1.5 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere; }
@media (max-width: 860px) {
  main { padding: 12px 12px 48px; }
  table, tbody { display: block; background: none; border: 0; }
  thead { display: none; }
  tr { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: 4px 12px; margin-bottom: 8px; padding: 8px 12px;
    background: var(--card); border: 1px solid var(--line); border-radius: 6px; }
  td, .number { display: block; padding: 0; border: 0; text-align: left; white-space: normal; }
  td:first-child, .long { grid-column: 1 / -1; }
  td:not(:first-child)::before { content: attr(data-title) ' '; color: var(--faint); font-size: 12.5px; }
  td:not(:first-child) small, .addresses, .addresses li { display: inline; }
  .facts { grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); }
  .addresses li + li::before { content: ' · '; }
}
`;
