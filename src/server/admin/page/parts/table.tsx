// biome-ignore-all lint/a11y/noRedundantRoles: some browsers forget that a table is one as soon as it is laid out otherwise.
import type { ComponentChildren } from 'preact';

export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => ComponentChildren;
  /** For its cells and its head; `main`, `wide` and `long` ones have a line of their own on a phone. */
  readonly kind?: 'number' | 'text' | 'long' | 'main' | 'wide';
  /** Shown to readers of a screen reader only. */
  readonly isUntitled?: boolean;
}

export interface TableProps<Row> {
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  readonly classOf?: (row: Row) => string;
}

/** A table that a phone shows as one card a row; the roles repeat what the elements say. */
export function Table<Row>({ caption, columns, rows, keyOf, classOf }: TableProps<Row>) {
  return (
    <table role="table">
      <caption class="unseen">{caption}</caption>
      <thead role="rowgroup">
        <tr role="row">
          {columns.map(({ title, kind, isUntitled }) => (
            <th key={title} role="columnheader" scope="col" class={kind ?? 'text'}>
              {isUntitled === true ? <span class="unseen">{title}</span> : title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {rows.map((row) => (
          <tr key={keyOf(row)} role="row" class={classOf?.(row) ?? ''}>
            {columns.map(({ title, cell, kind, isUntitled }) => (
              <td
                key={title}
                role="cell"
                class={kind ?? 'text'}
                data-title={isUntitled === true ? undefined : title}
              >
                {cell(row)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
