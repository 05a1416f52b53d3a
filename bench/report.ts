/** The table of the measurements and their bounds. */

export interface Row {
  readonly what: string;
  readonly measured: number;
  /** undefined for a figure that is only shown */
  readonly bound: number | undefined;
  /** which side of the bound is good */
  readonly good: 'at least' | 'at most';
  /** how to print a value of this row */
  readonly print: (value: number) => string;
  /** the figures behind the ratio */
  readonly detail: string;
}

export const percent = (ratio: number): string => `${(ratio * 100).toFixed(1)} %`;
export const times = (ratio: number): string => `${ratio.toFixed(2)} x`;
export const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;
export const milliseconds = (ms: number): string => `${ms.toFixed(ms < 10 ? 2 : 0)} ms`;
export const unit =
  (name: string) =>
  (value: number): string =>
    `${value.toFixed(value < 10 ? 1 : 0)} ${name}`;

export const isMet = ({ measured, bound, good }: Row): boolean =>
  bound === undefined || (good === 'at least' ? measured >= bound : measured <= bound);

const boundCells = (row: Row): [bound: string, verdict: string] =>
  row.bound === undefined ? ['', ''] : [`${row.good} ${row.print(row.bound)}`, isMet(row) ? 'ok' : 'MISSED'];

export function table(rows: readonly Row[]): string {
  const cells = [
    ['what', 'measured', 'bound', '', 'from'],
    ...rows.map((row) => [row.what, row.print(row.measured), ...boundCells(row), row.detail]),
  ];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...cells.map((line) => line[column]?.length ?? 0)));
  return cells
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
