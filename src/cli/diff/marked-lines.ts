/** Lines of a difference: ` ` in both, `-` only before, `+` only after. */
import type { Terminal } from '../terminal.ts';
import type { Mark } from './sequence-diff.ts';

export function markedLines(lines: readonly (readonly [Mark, string])[], { colors }: Terminal): string {
  const painted = lines.map(([mark, line]) => {
    if (mark === '-') return colors.red(`-${line}`);
    return mark === '+' ? colors.green(`+${line}`) : ` ${line}`;
  });
  return painted.map((line) => `${line}\n`).join('');
}
