/**
 * Changed rows as a table. A modified row is two rows, `<` and `>`, or one, `*`, whose changed cells show both values: a
 * line each (`line`), or the letters run together (`in-place`, to be told apart by colours). The mode `context` takes two
 * rows, unless a cell has several lines.
 */

import type { ChangedRow, MarkedRow } from '../../sql/catalog/changed-rows.ts';
import type { DiffResult } from '../../verbs/diff.ts';
import type { ResultColumn } from '../print/result-printer.ts';
import { TabularPrinter } from '../print/tabular-printer.ts';
import type { Colors, Paint, Terminal } from '../terminal.ts';
import { type Mark, sequenceDiff } from './sequence-diff.ts';
import type { TableRows } from './table-rows.ts';

export const TEXT_TYPE = { kind: 'varchar', length: 1, collation: 'utf8mb4_0900_bin' } as const;
const BATCH_ROWS = 1_000;

/** Prints nothing where there are no rows; `onFirst` is called before the first. */
export function printRows(
  { columns, rows }: Pick<TableRows, 'rows'> & { readonly columns: readonly ResultColumn[] },
  mode: DiffResult['mode'],
  terminal: Terminal,
  onFirst: () => void,
): void {
  const printer = new TabularPrinter((text, binary) => terminal.write(text, binary), { ending: '\n' });
  printer.begin([{ name: ' ', type: TEXT_TYPE }, ...columns]);
  let any = false;
  let batch: string[][] = [];
  const cells = ({ values }: MarkedRow): string[] => values.map((value, i) => printer.cellText(i + 1, value));
  for (const row of rows()) {
    if (!any) onFirst();
    any = true;
    batch.push(...shownRows(row, cells, mode, terminal.colors));
    if (batch.length < BATCH_ROWS) continue;
    printer.rows(batch);
    batch = [];
  }
  if (!any) return;
  printer.rows(batch);
  printer.end();
}

function shownRows(
  [first, second]: ChangedRow,
  cellsOf: (row: MarkedRow) => string[],
  mode: DiffResult['mode'],
  colors: Colors,
): string[][] {
  const [red, green] = [linewise(colors.red), linewise(colors.green)];
  const before = cellsOf(first);
  if (second === undefined) return [[first.mark, ...before].map(first.mark === '+' ? green : red)];
  const after = cellsOf(second);
  const two = (): string[][] => [
    [red('<'), ...before.map((cell, i) => (cell === after[i] ? cell : red(cell)))],
    [green('>'), ...after.map((cell, i) => (cell === before[i] ? cell : green(cell)))],
  ];
  if (mode === 'row') return two();
  if (mode === 'in-place') return [['*', ...before.map((cell, i) => inPlace(cell, after[i]!, colors))]];
  const merged = before.map((cell, i) => byLines(cell, after[i]!));
  const isTall = merged.some((lines, i) => lines.length > (before[i] === after[i] ? 1 : 2));
  if (mode === 'context' && !isTall) return two();
  const paints: Readonly<Record<Mark, Paint>> = { ' ': (text) => text, '-': colors.red, '+': colors.green };
  return [['*', ...merged.map((lines) => lines.map(([mark, line]) => paints[mark](line)).join('\n'))]];
}

/** The lines of a changed cell with their marks in front; a cell that did not change is left as it is. */
function byLines(before: string, after: string): [Mark, string][] {
  if (before === after) return before.split('\n').map((line) => [' ', line]);
  return sequenceDiff(before.split('\n'), after.split('\n')).map(([mark, line]) => [mark, mark + line]);
}

function inPlace(before: string, after: string, { red, green }: Colors): string {
  if (before === after) return before;
  const paints: Readonly<Record<Mark, Paint>> = { ' ': (text) => text, '-': linewise(red), '+': linewise(green) };
  let text = '';
  let run = '';
  let runMark: Mark = ' ';
  for (const [mark, letter] of sequenceDiff([...before], [...after])) {
    if (mark !== runMark) {
      text += paints[runMark](run);
      [run, runMark] = ['', mark];
    }
    run += letter;
  }
  return text + paints[runMark](run);
}

/** Colours end at the end of a line: the borders keep their own. */
const linewise =
  (paint: Paint): Paint =>
  (text) =>
    text
      .split('\n')
      .map((line) => paint(line))
      .join('\n');
