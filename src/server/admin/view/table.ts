import { type Content, type Html, html } from './html.js';

export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => Content;
  readonly isNumber?: boolean;
  /** Gets a line of its own on a phone. */
  readonly isLong?: boolean;
}

/**
 * A table that a phone shows as one card a row. The roles repeat what the elements say, since some browsers forget
 * that a table is one as soon as its rows are laid out otherwise.
 */
export function table<Row>(
  caption: string,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  ifEmpty: string,
): Html {
  if (rows.length === 0) return html`<p class="empty">${ifEmpty}</p>`;
  const heads = columns.map(
    ({ title, isNumber }) =>
      html`<th role="columnheader" scope="col" class="${align(isNumber)}">${title}</th>`,
  );
  const body = rows.map(
    (row) => html`<tr role="row">${columns.map(
      ({ title, cell, isNumber, isLong }) =>
        html`<td role="cell" class="${align(isNumber)}${isLong === true ? ' long' : ''}" data-title="${title}">${cell(row)}</td>`,
    )}</tr>
`,
  );
  return html`<table role="table">
<caption>${caption}</caption>
<thead role="rowgroup"><tr role="row">${heads}</tr></thead>
<tbody role="rowgroup">
${body}</tbody>
</table>`;
}

function align(isNumber: boolean | undefined): string {
  return isNumber === true ? 'number' : 'text';
}
