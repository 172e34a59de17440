/** The changes that a condition of SQL picks, over the columns `from_…`, `to_…` and `diff_type` of `dolt_diff()`. */
import { openEngine } from '../../open.ts';
import { currentName, type TableDelta } from '../../repo/table-deltas.ts';
import { type ChangedRow, changedRow, type DiffColumn } from '../../sql/catalog/changed-rows.ts';
import { textValue } from '../../sql/session/text-value.ts';
import { quoteName } from '../../sql/syntax/print-expression.ts';
import type { Value } from '../../tuple/value.ts';
import type { DiffResult } from '../../verbs/diff.ts';
import type { CommandContext } from '../command.ts';

export async function rowsWhere(
  { environment, directory }: CommandContext,
  { from, to, where }: DiffResult,
  delta: TableDelta,
  columns: readonly DiffColumn[],
): Promise<ChangedRow[]> {
  const before = columns.filter((column) => column.from !== undefined);
  const after = columns.filter((column) => column.to !== undefined);
  const names = [
    ...before.map(({ fromName }) => quoteName(`from_${fromName}`)),
    ...after.map(({ name }) => quoteName(`to_${name}`)),
  ];
  const query = `select diff_type, ${names.join(', ')} from dolt_diff(?, ?, ?) where ${where}`;
  const opened = openEngine(environment, directory);
  try {
    const session = opened.engine.session({ database: opened.database, user: 'root@localhost' });
    try {
      const { rows } = await session.query(query, [from, to, currentName(delta)].map(textValue));
      return rows.map(([kind, ...values]) => {
        const side = (present: readonly DiffColumn[], offset: number): Value[] =>
          columns.map((column) => {
            const at = present.indexOf(column);
            return at < 0 ? null : values[offset + at]!;
          });
        return changedRow(
          kind === 'added' ? undefined : side(before, 0),
          kind === 'removed' ? undefined : side(after, before.length),
        );
      });
    } finally {
      await session.close();
    }
  } finally {
    opened.close();
  }
}
