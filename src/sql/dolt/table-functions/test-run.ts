/**
 * `dolt_test_run(['name or group' …])`: runs the queries of `dolt_tests`, all of them unless named, and compares what they give
 * with what is expected. A query that fails is a test that does.
 */
import { DoltError } from '../../../base/errors.ts';
import { type Steps, unaided } from '../../../repo/steps.ts';
import type { Value } from '../../../tuple/value.ts';
import type { TypedValue } from '../../expressions/session-view.ts';
import type { StatementResult } from '../../session/statement-result.ts';
import { allRows } from '../../statements/query.ts';
import type { Statement } from '../../syntax/ast/statement.ts';
import { type ParsedStatement, parseOptionsOf, ScriptReader } from '../../syntax/parse.ts';
import { interrupted, SqlError, timeLimitPassed } from '../../types/sql-error.ts';
import { LONGTEXT, varchar } from '../../types/sql-type.ts';
import { failureOf, type QueryRows } from '../test-assertions.ts';
import type { DoltTableFunction, TableFunctionScene } from './list.ts';

const COLUMNS = ['test_name', 'test_group_name', 'query', 'status', 'message'];
const TESTS =
  'select test_name, test_group, test_query, assertion_type, assertion_comparator, assertion_value from dolt_tests';

type Test = readonly [
  name: string,
  group: string | null,
  query: string,
  type: string,
  comparator: string,
  value: string | null,
];

export const tableFunction: DoltTableFunction = {
  open(args, scene) {
    return {
      kind: 'virtual',
      database: scene.session.handle().name,
      name: 'dolt_test_run',
      columns: COLUMNS.map((name) => ({ name, type: LONGTEXT, nullable: false })),
      *rows() {
        for (const arg of args.length === 0 ? ['*'] : args) {
          for (const test of yield* unaided(testsNamed(String(arg), scene))) {
            const message = yield* unaided(failureOfTest(test, scene));
            yield [test[0], test[1] ?? '', test[2], message === '' ? 'PASS' : 'FAIL', message];
          }
        }
      },
    };
  },
};

function* testsNamed(name: string, scene: TableFunctionScene): Steps<readonly Test[]> {
  const conditions = name === '*' ? [''] : [' where test_name = ?', ' where test_group = ?'];
  for (const condition of conditions) {
    const parameters = condition === '' ? [] : [{ type: varchar(name.length), value: name }];
    const { rows } = yield* rowsOf(parsed(TESTS + condition, scene)!, parameters, scene);
    if (rows.length > 0) return rows as readonly unknown[] as readonly Test[];
  }
  throw new SqlError(1105, 'HY000', `could not find tests for argument: ${name}`, 'notFound');
}

/** Nothing where it passes. */
function* failureOfTest([, , query, assertion, comparator, expected]: Test, scene: TableFunctionScene): Steps<string> {
  try {
    const statement = parsed(query, scene);
    if (statement === undefined) return 'Can only run exactly one query';
    if (!onlyReads(statement.statement)) return 'Cannot execute write queries';
    if (/dolt_test_run\s*\(/i.test(query)) return 'Cannot call dolt_test_run in dolt_tests';
    return failureOf(assertion, comparator, expected, yield* rowsOf(statement, [], scene));
  } catch (error) {
    if (!(error instanceof DoltError) || isEnd(error)) throw error;
    return `query error: ${error.message}`;
  }
}

const READS: ReadonlySet<Statement['kind']> = new Set(['show', 'describe', 'explain']);

function onlyReads(statement: Statement): boolean {
  return statement.kind === 'select' ? statement.query.into === undefined : READS.has(statement.kind);
}

/** The statement that runs the tests is to end. */
function isEnd(error: DoltError): boolean {
  const { errno } = error as { errno?: number };
  return errno === interrupted().errno || errno === timeLimitPassed().errno;
}

/** The one statement of a text. */
function parsed(text: string, { session }: TableFunctionScene): ParsedStatement | undefined {
  const reader = new ScriptReader(text);
  const statement = reader.next(parseOptionsOf(session.variables.text('sql_mode')));
  return reader.hasMore() ? undefined : statement;
}

function* rowsOf(
  statement: ParsedStatement,
  parameters: readonly TypedValue[],
  scene: TableFunctionScene,
): Steps<QueryRows> {
  const result: StatementResult = yield* scene.run(statement, parameters);
  if (result.kind !== 'rows') return { types: [], rows: [] };
  const rows: readonly (readonly Value[])[] = yield* allRows(result.rows);
  return { types: result.columns.map(({ type }) => type), rows };
}
