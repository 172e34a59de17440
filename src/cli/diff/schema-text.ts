/** How a table's definition changed, as lines with `+` and `-`. */
import type { TableDelta } from '../../repo/table-deltas.ts';
import { createStatement } from '../../sql/catalog/schema-statements.ts';
import type { Terminal } from '../terminal.ts';
import { sequenceDiff } from './sequence-diff.ts';

/** Lines of both definitions: ` ` in both, `-` only before, `+` only after. Empty when they are equal. */
export function schemaLines({ fromRoot, fromName, toRoot, toName }: TableDelta, { colors }: Terminal): string {
  const before = createStatement(fromRoot, fromName)?.split('\n') ?? [];
  const after = createStatement(toRoot, toName)?.split('\n') ?? [];
  if (before.join('\n') === after.join('\n')) return '';
  const lines = sequenceDiff(before, after).map(([mark, line]) => {
    if (mark === '-') return colors.red(`-${line}`);
    return mark === '+' ? colors.green(`+${line}`) : ` ${line}`;
  });
  return `${lines.join('\n')}\n`;
}
