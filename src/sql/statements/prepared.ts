/** PREPARE, EXECUTE, DEALLOCATE: a statement's text kept under a name, with `?` for values that user variables give. */

import type { TypedValue } from '../expressions/session-view.ts';
import { ok } from '../session/statement-result.ts';
import type { Expression } from '../syntax/ast/expression.ts';
import type { DeallocateStatement, ExecuteStatement, PrepareStatement } from '../syntax/ast/session-statements.ts';
import type { Statement } from '../syntax/ast/statement.ts';
import { parseOptionsOf, parseStatement } from '../syntax/parse.ts';
import { formatValue } from '../types/format.ts';
import { SqlError } from '../types/sql-error.ts';
import { NULL_TYPE } from '../types/sql-type.ts';
import { evaluateConstant } from './constant.ts';
import { describeSelect } from './describe-select.ts';
import type { RunStatement } from './scene.ts';

export const runPrepare: RunStatement<PrepareStatement> = function* ({ name, source }, scene) {
  const { value, type } = yield* evaluateConstant(source, scene);
  const text = value === null ? 'NULL' : formatValue(value, type);
  const { statement, parameters } = parseStatement(text, parseOptionsOf(scene.session.variables.text('sql_mode')));
  if (NOT_PREPARED.has(statement.kind)) {
    throw new SqlError(
      1295,
      'HY000',
      'This command is not supported in the prepared statement protocol yet',
      'unsupported',
    );
  }
  // What a SELECT misnames is found before it is run.
  if (statement.kind === 'select') describeSelect(statement, scene, parameters);
  scene.session.prepared.set(name.toLowerCase(), text);
  return ok();
};

/** As in MySQL. */
const NOT_PREPARED: ReadonlySet<Statement['kind']> = new Set([
  ...(['createRoutine', 'createTrigger', 'createEvent', 'alterEvent'] as const),
  ...(['loadData', 'lockTables', 'unlockTables', 'prepare', 'execute', 'deallocate'] as const),
]);

export const runExecute: RunStatement<ExecuteStatement> = function* ({ name, using }, scene) {
  const { session, functions } = scene;
  const text = session.prepared.get(name.toLowerCase());
  if (text === undefined) throw unknownStatement(name, 'EXECUTE');
  const parsed = parseStatement(text, parseOptionsOf(session.variables.text('sql_mode')));
  if (parsed.parameters !== using.length) throw new SqlError(1210, 'HY000', 'Incorrect arguments to EXECUTE');
  const parameters = using.map((variable): TypedValue => {
    return functions.userVariable(variable) ?? { type: NULL_TYPE, value: null };
  });
  const { statement } = parsed;
  if (statement.kind !== 'call') return yield* scene.run(parsed, parameters);
  // What is given to CALL is the variable itself: it takes what an OUT parameter gives.
  const args = statement.args.map((arg): Expression => {
    return arg.kind === 'parameter' ? { ...arg, kind: 'userVariable', name: using[arg.ordinal]! } : arg;
  });
  return yield* scene.run({ ...parsed, statement: { ...statement, args } }, parameters);
};

// biome-ignore lint/correctness/useYield: it never waits
export const runDeallocate: RunStatement<DeallocateStatement> = function* ({ name }, { session }) {
  if (!session.prepared.delete(name.toLowerCase())) throw unknownStatement(name, 'DEALLOCATE PREPARE');
  return ok();
};

function unknownStatement(name: string, verb: string): SqlError {
  return new SqlError(1243, 'HY000', `Unknown prepared statement handler (${name}) given to ${verb}`, 'notFound');
}
