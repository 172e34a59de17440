/** Short lists in a box, all rows at once. Results of any length go through `TabularPrinter`, which has the same borders. */
import type { TableConstructorOptions } from 'cli-table3';

/** The borders of MySQL's shell, with a rule between any two rows. */
export const RULED: TableConstructorOptions = {
  chars: {
    top: '-',
    'top-mid': '+',
    'top-left': '+',
    'top-right': '+',
    bottom: '-',
    'bottom-mid': '+',
    'bottom-left': '+',
    'bottom-right': '+',
    left: '|',
    'left-mid': '+',
    mid: '-',
    'mid-mid': '+',
    right: '|',
    'right-mid': '+',
    middle: '|',
  },
  style: { head: [], border: [] },
};

/** Whole lines, the last one too. */
export async function listing(titles: readonly string[], rows: readonly (readonly string[])[]): Promise<string> {
  const { default: Table } = await import('cli-table3');
  const table = new Table({ ...RULED, head: [...titles] });
  table.push(...rows.map((row) => [...row]));
  const lines = table.toString().split('\n');
  const [top] = lines;
  const rules = lines.flatMap((line, at) => (line === top ? [at] : []));
  // Rules stand above and below the titles and at the end, and not between rows.
  const between = new Set(rules.slice(2, -1));
  return lines.map((line, at) => (between.has(at) ? '' : `${line}\n`)).join('');
}
