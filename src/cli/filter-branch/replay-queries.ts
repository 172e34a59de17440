/**
 * Statements that are run on many roots, each in a transaction that begins with the root and is rolled back: what they make
 * of it is read before. So nothing may end the transaction, or move refs beside it.
 */
import { DoltError } from '../../base/errors.ts';
import type { RootValue } from '../../repo/root-value.ts';
import type { Engine } from '../../sql/engine.ts';
import type { Session } from '../../sql/engine-session.ts';
import type { Statement } from '../../sql/syntax/ast/statement.ts';
import { type ParsedStatement, parseStatements } from '../../sql/syntax/parse.ts';

const ALLOWED: ReadonlySet<Statement['kind']> = new Set<Statement['kind']>([
  ...(['select', 'do', 'insert', 'update', 'delete', 'truncate', 'show', 'describe', 'explain'] as const),
  ...(['createTable', 'alterTable', 'renameTable', 'dropTable', 'createIndex', 'dropIndex'] as const),
  ...(['createView', 'dropView', 'createTrigger', 'createRoutine', 'createEvent', 'dropObject', 'set'] as const),
]);

/** Throws `SqlSyntaxError`, and `unsupported` for statements that cannot be run so. */
export function replayable(script: string): readonly ParsedStatement[] {
  const statements = parseStatements(script);
  for (const { statement, text } of statements) {
    if (ALLOWED.has(statement.kind) && !endsTransactions(statement)) continue;
    throw new DoltError('unsupported', `history is rewritten by changes of tables alone, not by: ${text}`);
  }
  return statements;
}

function endsTransactions(statement: Statement): boolean {
  if (statement.kind !== 'set') return false;
  return statement.items.some(
    (item) =>
      item.kind === 'system' &&
      (item.scope === 'global' || item.scope === 'persist' || /^(autocommit|dolt_.*)$/i.test(item.name)),
  );
}

export interface Replay {
  readonly engine: Engine;
  readonly database: string;
  readonly statements: readonly ParsedStatement[];
  /** Told of each statement before it is run. */
  onStatement(text: string): void;
  /** What a statement failed with; throws unless the others are to be run all the same. */
  onError(error: unknown): void;
}

/** What the statements make of a root. */
export async function replayQueries(root: RootValue, replay: Replay): Promise<RootValue> {
  const session: Session = replay.engine.session({ database: replay.database, user: 'root@localhost' });
  try {
    await session.query('set dolt_transaction_commit = 0');
    await session.query("call dolt_command_line('begin')");
    const { state } = session;
    state.setRoot(state.handle(), root);
    for (const { text } of replay.statements) {
      replay.onStatement(text);
      try {
        await session.query(text);
      } catch (error) {
        replay.onError(error);
      }
    }
    return state.root(state.handle());
  } finally {
    session.state.rollback();
    await session.close();
  }
}
