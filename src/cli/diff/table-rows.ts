/** The rows of a table's diff that are to be shown: as `--where`, `--filter`, `--skinny` and `--limit` say. */
import type { TableDelta } from '../../repo/table-deltas.ts';
import {
  type ChangedRow,
  changedRows,
  type DiffColumn,
  diffColumns,
  type RowMark,
  skinnyColumns,
} from '../../sql/catalog/changed-rows.ts';
import type { DiffResult } from '../../verbs/diff.ts';
import type { CommandContext } from '../command.ts';

export interface TableRows {
  readonly columns: readonly DiffColumn[];
  /** Read anew each time, as they are asked for. */
  rows(): Iterable<ChangedRow>;
}

/** What a filter leaves of a table's rows. */
const MARKS: Readonly<Partial<Record<TableDelta['kind'], RowMark>>> = { added: '+', modified: '<', dropped: '-' };

export async function tableRows(context: CommandContext, result: DiffResult, delta: TableDelta): Promise<TableRows> {
  const columns = diffColumns(delta);
  let rows = (): Iterable<ChangedRow> => changedRows(delta, columns);
  if (result.where !== undefined) {
    const { rowsWhere } = await import('./rows-where.ts');
    const found = await rowsWhere(context, result, delta, columns);
    rows = () => found;
  }
  const marks = result.filter && MARKS[result.filter];
  if (marks !== undefined) rows = filtered(rows, ([{ mark }]) => mark === marks);
  const limited = firstOf(rows, result.limit);
  if (!result.skinny) return { columns, rows: limited };
  const shown = skinnyColumns(columns, limited(), result.includedColumns);
  return { columns: shown.map((i) => columns[i]!), rows: narrowed(limited, shown) };
}

type Rows = () => Iterable<ChangedRow>;

const filtered = (rows: Rows, isShown: (row: ChangedRow) => boolean): Rows =>
  function* () {
    for (const row of rows()) if (isShown(row)) yield row;
  };

const firstOf = (rows: Rows, limit: number): Rows =>
  function* () {
    let left = limit;
    if (left > 0) {
      for (const row of rows()) {
        yield row;
        if (--left === 0) return;
      }
    }
  };

const narrowed = (rows: Rows, shown: readonly number[]): Rows =>
  function* () {
    for (const row of rows()) {
      yield row.map(({ mark, values }) => ({ mark, values: shown.map((i) => values[i]!) })) as unknown as ChangedRow;
    }
  };
