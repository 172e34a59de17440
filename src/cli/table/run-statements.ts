/** SQL on the repository of the current folder: all of the statements, or none. */
import { DoltError } from '../../base/errors.ts';
import { quoteName } from '../../sql/syntax/print-expression.ts';
import type { ParsedArguments } from '../../verbs/arguments.ts';
import type { CommandContext } from '../command.ts';
import { inOneTransaction } from '../one-transaction.ts';

export async function runStatements(context: CommandContext, statements: readonly string[]): Promise<void> {
  await inOneTransaction(context, async (session) => {
    for (const statement of statements) await session.query(statement);
  });
}

/** With `--force`: the statement that makes room for `to`. */
export function forcedDrop(parsed: ParsedArguments, from: string, to: string): string[] {
  if (from === to) throw new DoltError('invalid', `the table is called '${to}' already`);
  return parsed.has('force') && from.toLowerCase() !== to.toLowerCase()
    ? [`drop table if exists ${quoteName(to)}`]
    : [];
}
