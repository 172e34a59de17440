/** INSERT into a system table, where it takes rows. */
import type { Steps } from '../../repo/steps.ts';
import type { Value } from '../../tuple/value.ts';
import { ok, type StatementResult } from '../session/statement-result.ts';
import type { InsertStatement } from '../syntax/ast/row-statements.ts';
import { conversion } from '../types/convert.ts';
import { columnCountMismatch, unknownColumn } from '../types/sql-error.ts';
import { evaluateConstant } from './constant.ts';
import type { StatementScene } from './scene.ts';
import { notUpdatable, type TargetSystemTable } from './target-table.ts';

export function* insertIntoSystemTable(
  statement: InsertStatement,
  target: TargetSystemTable,
  scene: StatementScene,
): Steps<StatementResult> {
  const { columns, write } = target.source;
  if (write?.insert === undefined) throw notUpdatable(target.name);
  const fields =
    statement.columns === undefined
      ? columns.map((_, i) => i)
      : statement.columns.map(({ name }) => {
          const at = columns.findIndex((column) => column.name.toLowerCase() === name.toLowerCase());
          if (at < 0) throw unknownColumn(name, 'field list');
          return at;
        });
  let affected = 0;
  if (statement.source.kind !== 'rows') throw notUpdatable(target.name);
  for (const expressions of statement.source.rows) {
    if (expressions.length !== fields.length) throw columnCountMismatch(affected + 1);
    const row: Value[] = columns.map(() => null);
    for (let i = 0; i < fields.length; i++) {
      const { type, value } = yield* evaluateConstant(expressions[i]!, scene);
      row[fields[i]!] = value === null ? null : conversion(type, columns[fields[i]!]!.type, 'strict')(value, {});
    }
    write.insert(row);
    affected++;
  }
  write.finish?.();
  return ok({ change: 'insert', affectedRows: affected });
}
