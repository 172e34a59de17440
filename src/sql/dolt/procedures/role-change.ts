/** What `dolt_promote` and `dolt_demote` share: the server's role changes, and the session sees what that made of its branch. */
import { type Steps, waitFor } from '../../../repo/steps.ts';
import type { Failover } from '../../session/database.ts';
import { numberedError } from '../../session/numbered-error.ts';
import type { StatementResult } from '../../session/statement-result.ts';
import { notSupported, SqlError } from '../../types/sql-error.ts';
import { type ProcedureCall, success, textArguments } from './procedure.ts';

interface RoleChange {
  /** What to say when there are others, and how many there are, from and to. */
  readonly names: readonly [string, number, number];
  readonly change: (
    failover: Failover,
    names: readonly string[],
    given: ReadonlySet<string>,
  ) => Promise<readonly string[]>;
}

export function* changeRole(
  call: ProcedureCall,
  options: readonly string[],
  { names: [needed, fewest, most], change }: RoleChange,
): Steps<StatementResult> {
  const { session } = call;
  const args = textArguments(call);
  const unknown = args.find((arg) => arg.startsWith('-') && !options.includes(arg));
  if (unknown !== undefined)
    throw new SqlError(1105, 'HY000', `error: unknown option \`${unknown.replace(/^-+/, '')}'`);
  const names = args.filter((arg) => !arg.startsWith('-'));
  if (names.length < fewest || names.length > most) throw new SqlError(1105, 'HY000', `error: ${needed}`);
  const { failover } = session.engine;
  if (failover === undefined) throw notSupported('changing roles here');
  try {
    const warnings = yield* waitFor(change(failover, names, new Set(args)));
    for (const message of warnings) session.warn({ level: 'Warning', code: 1105, message });
  } catch (error) {
    throw numberedError(error);
  }
  session.refresh();
  return success();
}
