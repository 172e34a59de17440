/**
 * `dolt_query_diff('select …', 'select …')`: what the results differ in. Rows of the same columns are paired by the primary
 * key, where both have it, or else by their place; other results share nothing.
 */
import { completeNow, type Steps, unaided } from '../../../repo/steps.ts';
import { compareValues, type Value } from '../../../tuple/value.ts';
import type { ResultColumn, RowsResult } from '../../session/statement-result.ts';
import { allRows } from '../../statements/query.ts';
import { type ParsedStatement, parseOptionsOf, ScriptReader } from '../../syntax/parse.ts';
import { SqlError } from '../../types/sql-error.ts';
import { LONGTEXT } from '../../types/sql-type.ts';
import type { DoltTableFunction, TableFunctionScene } from './list.ts';

type Row = readonly Value[];

export const tableFunction: DoltTableFunction = {
  open(args, scene) {
    if (args.length !== 2) {
      throw new SqlError(1105, 'HY000', `function 'dolt_query_diff' expected 2 arguments, ${args.length} received`);
    }
    const [from, to] = args.map((arg) => parsed(arg, scene)) as [ParsedStatement, ParsedStatement];
    const [before, after] = [columnsOf(from, scene), columnsOf(to, scene)];
    const named = (prefix: string) => (column: ResultColumn) => ({
      ...{ name: prefix + column.name, type: column.type, nullable: true },
    });
    return {
      kind: 'virtual',
      database: scene.session.handle().name,
      name: 'dolt_query_diff',
      columns: [
        ...before.map(named('from_')),
        ...after.map(named('to_')),
        { name: 'diff_type', type: LONGTEXT, nullable: false },
      ],
      *rows() {
        const left = yield* unaided(rowsOf(from, scene));
        const right = yield* unaided(rowsOf(to, scene));
        const none = (columns: readonly ResultColumn[]): Row => columns.map(() => null);
        const pairs = sameColumns(before, after)
          ? paired(left, right, keyOf(before, scene))
          : [...left.map((row) => [row, undefined] as const), ...right.map((row) => [undefined, row] as const)];
        for (const [old, now] of pairs) {
          const kind = old === undefined ? 'added' : now === undefined ? 'deleted' : 'modified';
          yield [...(old ?? none(before)), ...(now ?? none(after)), kind];
        }
      },
    };
  },
};

function parsed(text: Value, { session }: TableFunctionScene): ParsedStatement {
  if (typeof text !== 'string') {
    throw new SqlError(1105, 'HY000', `query must be a string, not ${text === null ? 'NULL' : String(text)}`);
  }
  const reader = new ScriptReader(text);
  const found = reader.next(parseOptionsOf(session.variables.text('sql_mode')));
  if (found?.statement.kind !== 'select' || found.statement.query.into !== undefined || reader.hasMore()) {
    throw new SqlError(1105, 'HY000', 'query must be a SELECT statement');
  }
  return found;
}

function* run(query: ParsedStatement, scene: TableFunctionScene): Steps<RowsResult> {
  return (yield* scene.run(query, [])) as RowsResult;
}

function columnsOf(query: ParsedStatement, scene: TableFunctionScene): readonly ResultColumn[] {
  const { columns, rows } = completeNow(run(query, scene));
  rows.return();
  return columns;
}

function* rowsOf(query: ParsedStatement, scene: TableFunctionScene): Steps<readonly Row[]> {
  return yield* allRows((yield* run(query, scene)).rows);
}

function sameColumns(a: readonly ResultColumn[], b: readonly ResultColumn[]): boolean {
  const identity = ({ name, type, source }: ResultColumn): string => JSON.stringify([name, type, source?.table]);
  return a.length === b.length && a.every((column, i) => identity(column) === identity(b[i]!));
}

/** The places of the primary key; none unless all of it is there. */
function keyOf(columns: readonly ResultColumn[], { session }: TableFunctionScene): number[] {
  const table = columns[0]?.source?.table;
  const stored = table === undefined ? undefined : session.view(session.handle()).root.resolveTableName(table);
  if (stored === undefined) return [];
  const { schema } = session.view(session.handle()).root.table(stored)!;
  const places = schema.primaryKey.map((at) =>
    columns.findIndex(({ source }) => source?.table === table && source?.column === schema.columns[at]!.name),
  );
  return places.includes(-1) ? [] : places;
}

type Pair = readonly [old: Row | undefined, now: Row | undefined];

/** Pairs that differ. */
function* paired(left: readonly Row[], right: readonly Row[], key: readonly number[]): Generator<Pair, void> {
  const order = (a: Row, b: Row): number => {
    for (const at of key) {
      const compared = compareValues(a[at]!, b[at]!);
      if (compared !== 0) return compared;
    }
    return 0;
  };
  const [from, to] = [left.toSorted(order), right.toSorted(order)];
  let [i, k] = [0, 0];
  while (i < from.length && k < to.length) {
    const [old, now] = [from[i]!, to[k]!];
    const compared = order(old, now);
    if (compared <= 0) i++;
    if (compared >= 0) k++;
    if (compared < 0) yield [old, undefined];
    else if (compared > 0) yield [undefined, now];
    else if (old.some((value, at) => compareValues(value, now[at]!) !== 0)) yield [old, now];
  }
  for (const old of from.slice(i)) yield [old, undefined];
  for (const now of to.slice(k)) yield [undefined, now];
}
