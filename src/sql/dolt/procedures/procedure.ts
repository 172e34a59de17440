/** A procedure of Dolt's: CALL dolt_<name>(…). It runs the verb of that name and puts its result into Dolt's columns. */
import { RefMovedError } from '../../../repo/head-update.ts';
import type { Steps } from '../../../repo/steps.ts';
import type { Value } from '../../../tuple/value.ts';
import { UsageError } from '../../../verbs/arguments.ts';
import type { Verb } from '../../../verbs/verb.ts';
import type { TypedValue } from '../../expressions/session-view.ts';
import type { BranchNeed } from '../../session/branch-rights.ts';
import type { Session } from '../../session/session.ts';
import type { SessionFunctions } from '../../session/session-functions.ts';
import { SessionWorkspace } from '../../session/session-workspace.ts';
import type { ResultColumn, StatementResult } from '../../session/statement-result.ts';
import { column, rowsOf } from '../../statements/result-rows.ts';
import type { SetOut } from '../../statements/scene.ts';
import { formatValue } from '../../types/format.ts';
import { SqlError } from '../../types/sql-error.ts';
import { BIGINT, LONGTEXT } from '../../types/sql-type.ts';

export interface ProcedureCall {
  readonly session: Session;
  readonly functions: SessionFunctions;
  readonly args: readonly TypedValue[];
  readonly setOut: SetOut;
  /** What it needs on the branch that it changes. */
  readonly need?: BranchNeed | undefined;
}

export interface Procedure {
  call(call: ProcedureCall): Steps<StatementResult>;
}

/** Arguments as a command line has them. A NULL is no argument of any verb: 1105. */
export function textArguments({ args }: ProcedureCall): string[] {
  return args.map(({ type, value }) => {
    if (value === null) throw new SqlError(1105, 'HY000', 'a NULL argument: every argument is text');
    return formatValue(value, type);
  });
}

export function workspaceOf({ session, need }: ProcedureCall): SessionWorkspace {
  return new SessionWorkspace(session, session.handle(), need);
}

/** Runs a verb on the session. */
export function* runVerb<Result>(verb: Verb<Result>, call: ProcedureCall): Steps<Result> {
  return yield* runVerbWith(verb, workspaceOf(call), textArguments(call));
}

export function* runVerbWith<Result>(
  verb: Verb<Result>,
  workspace: SessionWorkspace,
  args: readonly string[],
): Steps<Result> {
  try {
    return yield* verb.run(workspace, args);
  } catch (error) {
    if (!isSerializationFailure(error)) throw withErrno(error);
    // As at a COMMIT that fails: the client begins anew.
    workspace.session.rollback();
    throw error instanceof RefMovedError ? overtaken(error.ref) : error;
  }
}

const isSerializationFailure = (error: unknown): boolean =>
  error instanceof RefMovedError || (error instanceof SqlError && error.errno === 1213);

function overtaken(ref: string): SqlError {
  const message = `serialization failure: ${ref} was moved meanwhile: this transaction conflicts with a committed transaction from another client, try restarting transaction.`;
  return new SqlError(1213, '40001', message, 'conflict');
}

/** What is wrong with arguments is errno 1105. */
export function withErrno(error: unknown): unknown {
  return error instanceof UsageError ? new SqlError(1105, 'HY000', error.message) : error;
}

const numberColumn = (name: string): ResultColumn => column(name, BIGINT, false);
const textColumn = (name: string): ResultColumn => column(name, LONGTEXT, false);

/** One row; numbers are BIGINT columns, texts LONGTEXT ones. */
export function oneRow(values: Readonly<Record<string, Value>>): StatementResult {
  const columns = Object.entries(values).map(([name, value]) => {
    return typeof value === 'number' ? numberColumn(name) : textColumn(name);
  });
  return rowsOf(columns, [Object.values(values)]);
}

export const success = (): StatementResult => oneRow({ status: 0 });

/** A procedure that only says that it worked. */
export function statusProcedure<Result>(verb: Verb<Result>): Procedure {
  return {
    *call(call) {
      yield* runVerb(verb, call);
      return success();
    },
  };
}
