/**
 * What changed between two roots, a line a table with its rows as a bar (`t | 3 ++*`), as `merge`, `pull` and
 * `log --stat` print it; then the sum, then the tables that came and went.
 */

import type { RootValue } from '../../repo/root-value.ts';
import { currentName, type TableDelta, tableDeltas } from '../../repo/table-deltas.ts';
import { type DiffStat, diffStat, PrimaryKeyChangedError } from '../../repo/table-diff.ts';
import { isFullTextTable } from '../../table/full-text/full-text-tables.ts';
import type { Terminal } from '../terminal.ts';

const BAR_LENGTH = 30;

type RowCounts = Pick<DiffStat, 'rowsAdded' | 'rowsModified' | 'rowsDeleted'>;

/** Empty where nothing differs. */
export function changeBars(from: RootValue, to: RootValue, terminal: Terminal, indent = ''): string {
  const deltas = tableDeltas(from, to).filter((delta) => !isFullTextTable(currentName(delta)));
  const changed = deltas
    .filter(({ kind }) => kind === 'modified' || kind === 'renamed')
    .map((delta) => ({ name: currentName(delta), counts: rowCounts(delta) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const lines: string[] = [];
  if (changed.length > 0) {
    const most = Math.max(...changed.map(({ counts }) => total(counts)));
    const nameWidth = Math.max(...changed.map(({ name }) => name.length));
    for (const { name, counts } of changed) {
      const count = String(total(counts)).padEnd(String(most).length);
      lines.push(`${name.padEnd(nameWidth)} | ${count} ${bar(counts, most, terminal)}`);
    }
    const sum = (of: keyof RowCounts): number => changed.reduce((rows, { counts }) => rows + counts[of], 0);
    lines.push(
      `${changed.length} tables changed, ${sum('rowsAdded')} rows added(+), ${sum('rowsModified')} rows modified(*), ${sum('rowsDeleted')} rows deleted(-)`,
    );
  }
  for (const delta of deltas) if (delta.kind === 'added') lines.push(`${currentName(delta)} added`);
  for (const delta of deltas) if (delta.kind === 'dropped') lines.push(`${currentName(delta)} deleted`);
  return lines.map((line) => `${indent}${line}\n`).join('');
}

/** Rows of a table whose primary key changed cannot be paired: none are counted. */
function rowCounts(delta: TableDelta): RowCounts {
  try {
    return diffStat(delta);
  } catch (error) {
    if (!(error instanceof PrimaryKeyChangedError)) throw error;
    return { rowsAdded: 0, rowsModified: 0, rowsDeleted: 0 };
  }
}

const total = ({ rowsAdded, rowsModified, rowsDeleted }: RowCounts): number => rowsAdded + rowsModified + rowsDeleted;

function bar({ rowsAdded, rowsModified, rowsDeleted }: RowCounts, most: number, { colors }: Terminal): string {
  const piece = (sign: string, count: number): string =>
    count === 0 ? '' : sign.repeat(Math.max(1, Math.min(count, Math.trunc((BAR_LENGTH * count) / most))));
  return (
    colors.green(piece('+', rowsAdded)) + colors.yellow(piece('*', rowsModified)) + colors.red(piece('-', rowsDeleted))
  );
}
