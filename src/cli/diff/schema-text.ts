/** How a table's definition changed, as lines with `+` and `-`. */
import type { TableDelta } from '../../repo/table-deltas.ts';
import { createStatement } from '../../sql/catalog/schema-statements.ts';
import type { Terminal } from '../terminal.ts';
import { markedLines } from './marked-lines.ts';
import { sequenceDiff } from './sequence-diff.ts';

/** Lines of both definitions: ` ` in both, `-` only before, `+` only after. Empty when they are equal. */
export function schemaLines({ fromRoot, fromName, toRoot, toName }: TableDelta, terminal: Terminal): string {
  const before = createStatement(fromRoot, fromName)?.split('\n') ?? [];
  const after = createStatement(toRoot, toName)?.split('\n') ?? [];
  if (before.join('\n') === after.join('\n')) return '';
  return markedLines(sequenceDiff(before, after), terminal);
}
