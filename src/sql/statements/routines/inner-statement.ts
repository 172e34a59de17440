/**
 * Statements of a program. Each stands in whole or leaves no trace, as one that a client sends: a handler that goes on finds
 * what there was before it. Rows for the client go to it as they come.
 */
import type { Steps } from '../../../repo/steps.ts';
import type { StatementResult } from '../../session/statement-result.ts';
import type { Statement } from '../../syntax/ast/statement.ts';
import { SqlError, tooManyRows } from '../../types/sql-error.ts';
import { commitsImplicitly } from '../implicit-commit.ts';
import { assign } from './evaluate.ts';
import type { Frame } from './frame.ts';
import { gathered } from './gathered.ts';
import type { SetInstruction, SqlInstruction, Target } from './program.ts';
import { noCommitInside, noData, resultSetFrom } from './routine-errors.ts';

/** Runs a statement of a kind: what it changed is undone when it throws. */
export function* inStatement<T>(statement: Statement, frame: Frame, run: () => Steps<T>): Steps<T> {
  const { session } = frame.scene;
  const { kind } = statement;
  if (!DIAGNOSTIC.has(kind)) session.warnings = [];
  const commits = session.implicitCommits && commitsImplicitly(statement);
  const { inside } = session.programs;
  if (inside !== undefined && (commits || ENDS.has(kind))) throw noCommitInside();
  if (commits) yield* session.commit();
  const start = session.hasTransaction || ENDS.has(kind) ? undefined : session.startStatement();
  if (start !== undefined) yield* start;
  const undo = session.hasTransaction ? session.save() : undefined;
  try {
    const result = yield* run();
    if (frame.scene.functions.pendingSleep > 0) yield* frame.scene.sleep();
    if (commits) yield* session.commit();
    return result;
  } catch (error) {
    if (undo !== undefined) session.restore(undo);
    throw error;
  } finally {
    if (undo !== undefined) session.forget(undo);
  }
}

const DIAGNOSTIC: ReadonlySet<Statement['kind']> = new Set(['getDiagnostics', 'show']);
const ENDS: ReadonlySet<Statement['kind']> = new Set(['begin', 'commit', 'rollback']);

/** SET of a variable of the session, in a program. */
export function* runSession(
  { parsed, cells }: Extract<SetInstruction, { kind: 'session' }>,
  frame: Frame,
): Steps<void> {
  yield* inStatement(parsed.statement, frame, () => frame.scene.run(parsed, frame.typed(cells)));
}

export function* runSql({ parsed, cells, into }: SqlInstruction, frame: Frame): Steps<void> {
  yield* inStatement(parsed.statement, frame, function* () {
    const result = yield* frame.scene.run(parsed, frame.typed(cells));
    if (into !== undefined) yield* intoTargets(into, result, frame);
    else yield* taken(result, frame);
  });
}

/** Takes what a statement gave: rows are the client's. */
export function* taken(result: StatementResult, frame: Frame): Steps<void> {
  const { session } = frame.scene;
  if (result.kind === 'ok') {
    session.rowCount = result.affectedRows;
    frame.affectedRows = result.affectedRows;
    return;
  }
  if (frame.results === undefined) throw resultSetFrom(session.programs.inside ?? 'trigger');
  session.foundRows = yield* frame.results.take(result);
  session.rowCount = -1;
  frame.affectedRows = 0;
  for (const other of result.more ?? []) yield* taken(other, frame);
}

function* intoTargets(targets: readonly Target[], result: StatementResult, frame: Frame): Steps<void> {
  if (result.kind !== 'rows') return;
  const { columns } = result;
  if (targets.length !== columns.length) {
    throw new SqlError(1222, '21000', 'The used SELECT statements have a different number of columns');
  }
  const rows = yield* gathered(result);
  if (rows.length > 1) throw tooManyRows();
  const { session } = frame.scene;
  const [row] = rows;
  frame.affectedRows = rows.length;
  session.rowCount = rows.length;
  session.foundRows = rows.length;
  if (row === undefined) {
    const { errno, sqlState, message } = noData();
    session.warn({ level: 'Warning', code: errno, message, sqlState });
    return;
  }
  targets.forEach((target, i) => {
    assign(target, { type: columns[i]!.type, value: row[i]! }, frame);
  });
}
