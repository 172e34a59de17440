/** INSERT and REPLACE into a system table, where it takes rows. */
import type { Steps } from '../../repo/steps.ts';
import type { Value } from '../../tuple/value.ts';
import type { SystemTableWriter } from '../catalog/system-table.ts';
import { ok, type StatementResult } from '../session/statement-result.ts';
import type { ColumnAssignment, InsertStatement } from '../syntax/ast/row-statements.ts';
import { conversion } from '../types/convert.ts';
import { columnCountMismatch, noDefault, SqlError, unknownColumn } from '../types/sql-error.ts';
import type { SqlType } from '../types/sql-type.ts';
import { evaluateConstant } from './constant.ts';
import { allRows, runQuery } from './query.ts';
import type { StatementScene } from './scene.ts';
import { notUpdatable, type TargetSystemTable } from './target-table.ts';

interface Typed {
  readonly type: SqlType;
  readonly value: Value;
}

type Row = readonly Value[];

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
      : statement.columns.map(({ name }) => positionOf(target, name));
  const left = columns.find((column, i) => !column.nullable && !fields.includes(i));
  if (left !== undefined) throw noDefault(left.name);
  const updated = yield* assigned(statement.onDuplicate, target, scene);
  let affected = 0;
  let number = 0;
  for (const given of yield* givenRows(statement, scene)) {
    number++;
    if (given.length !== fields.length) throw columnCountMismatch(number);
    const row: Value[] = columns.map(() => null);
    given.forEach((typed, i) => {
      row[fields[i]!] = converted(typed, columns[fields[i]!]!.type);
    });
    affected += insertRow(row, updated, statement, write, scene);
  }
  write.finish?.();
  return ok({ change: 'insert', affectedRows: affected });
}

/** MySQL's count of what happened to rows. */
function insertRow(
  row: Row,
  updated: ReadonlyMap<number, Value>,
  { replace, ignore }: InsertStatement,
  write: SystemTableWriter,
  { session }: StatementScene,
): number {
  try {
    write.insert!(row);
    return 1;
  } catch (error) {
    if (!(error instanceof SqlError) || error.errno !== 1062) throw error;
    if (replace) {
      write.delete!(row);
      write.insert!(row);
      return 2;
    }
    if (updated.size > 0) {
      write.update!(
        row,
        row.map((value, i) => updated.get(i) ?? value),
      );
      return 2;
    }
    if (!ignore) throw error;
    session.warn({ level: 'Warning', code: error.errno, message: error.message });
    return 0;
  }
}

/** What ON DUPLICATE KEY UPDATE sets: values that do not hang on the row. */
function* assigned(
  assignments: readonly ColumnAssignment[],
  target: TargetSystemTable,
  scene: StatementScene,
): Steps<ReadonlyMap<number, Value>> {
  const values = new Map<number, Value>();
  for (const { column, value } of assignments) {
    const at = positionOf(target, column.name);
    values.set(at, converted(yield* evaluateConstant(value, scene), target.source.columns[at]!.type));
  }
  return values;
}

function* givenRows(
  { source, with: clause }: InsertStatement,
  scene: StatementScene,
): Steps<readonly (readonly Typed[])[]> {
  if (source.kind === 'query') {
    const { columns, rows } = runQuery(clause === undefined ? source.query : { ...source.query, with: clause }, scene);
    return (yield* allRows(rows)).map((row) => row.map((value, i) => ({ type: columns[i]!.type, value })));
  }
  const rows: Typed[][] = [];
  for (const expressions of source.rows) {
    const row: Typed[] = [];
    for (const expression of expressions) row.push(yield* evaluateConstant(expression, scene));
    rows.push(row);
  }
  return rows;
}

function positionOf({ source }: TargetSystemTable, name: string): number {
  const at = source.columns.findIndex((column) => column.name.toLowerCase() === name.toLowerCase());
  if (at < 0) throw unknownColumn(name, 'field list');
  return at;
}

const converted = ({ type, value }: Typed, wanted: SqlType): Value =>
  value === null ? null : conversion(type, wanted, 'strict')(value, {});
