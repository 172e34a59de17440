/** How a table's definition changed: as lines with `+` and `-`, and as statements that make the change. */

import type { RootValue } from '../../repo/root-value.ts';
import { fromTable, type TableDelta, toTable } from '../../repo/table-deltas.ts';
import { createTableText } from '../../sql/catalog/describe-table.ts';
import type { ColumnDefinition } from '../../table/schema.ts';
import type { Terminal } from '../terminal.ts';

/** The CREATE TABLE statement of a table in a root, with its `;`. */
function definition(root: RootValue, name: string | undefined): string | undefined {
  const table = name === undefined ? undefined : root.table(name);
  if (name === undefined || table === undefined) return undefined;
  const columns = (of: string, tags: readonly number[]): string[] => {
    const schema = root.table(of)?.schema;
    return tags.map((tag) => schema?.columns.find((column) => column.tag === tag)?.name ?? '');
  };
  return `${createTableText(name, table, root.foreignKeys(), { columns })};`;
}

/** Lines of both definitions: ` ` in both, `-` only before, `+` only after. Empty when they are equal. */
export function schemaLines({ fromRoot, fromName, toRoot, toName }: TableDelta, { colors }: Terminal): string {
  const before = definition(fromRoot, fromName)?.split('\n') ?? [];
  const after = definition(toRoot, toName)?.split('\n') ?? [];
  if (before.join('\n') === after.join('\n')) return '';
  const lines = lineDiff(before, after).map(([mark, line]) => {
    if (mark === '-') return colors.red(`-${line}`);
    return mark === '+' ? colors.green(`+${line}`) : ` ${line}`;
  });
  return `${lines.join('\n')}\n`;
}

type Mark = ' ' | '-' | '+';

/** The shortest edit between two short lists of lines. */
function lineDiff(before: readonly string[], after: readonly string[]): [Mark, string][] {
  const common: number[][] = Array.from({ length: before.length + 1 }, () =>
    new Array<number>(after.length + 1).fill(0),
  );
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      common[i]![j] =
        before[i] === after[j] ? common[i + 1]![j + 1]! + 1 : Math.max(common[i + 1]![j]!, common[i]![j + 1]!);
    }
  }
  const lines: [Mark, string][] = [];
  let [i, j] = [0, 0];
  while (i < before.length || j < after.length) {
    if (i < before.length && j < after.length && before[i] === after[j]) {
      lines.push([' ', before[i++]!]);
      j++;
    } else if (i < before.length && (j === after.length || common[i + 1]![j]! >= common[i]![j + 1]!)) {
      lines.push(['-', before[i++]!]);
    } else lines.push(['+', after[j++]!]);
  }
  return lines;
}

const quote = (name: string): string => `\`${name.replaceAll('`', '``')}\``;

/** Statements that turn the old definition into the new one. */
export function schemaStatements(delta: TableDelta): string[] {
  const { kind, fromName, toName, toRoot } = delta;
  if (kind === 'added') return [definition(toRoot, toName)!];
  if (kind === 'dropped') return [`DROP TABLE ${quote(fromName!)};`];
  const statements = kind === 'renamed' ? [`RENAME TABLE ${quote(fromName!)} TO ${quote(toName!)};`] : [];
  const after = definition(toRoot, toName)!.split('\n');
  const lineOf = (column: ColumnDefinition): string =>
    after
      .find((line) => line.startsWith(`  ${quote(column.name)} `))!
      .trim()
      .replace(/,$/, '');
  const alter = (what: string): void => void statements.push(`ALTER TABLE ${quote(toName!)} ${what};`);
  const [from, to] = [fromTable(delta)!.schema, toTable(delta)!.schema];
  const visible = (columns: readonly ColumnDefinition[]) => columns.filter(({ hidden }) => !hidden);
  const byTag = new Map(visible(to.columns).map((column) => [column.tag, column]));
  for (const column of visible(from.columns)) {
    const now = byTag.get(column.tag);
    byTag.delete(column.tag);
    if (!now) alter(`DROP ${quote(column.name)}`);
    else if (now.name !== column.name) alter(`RENAME COLUMN ${quote(column.name)} TO ${quote(now.name)}`);
    const changed =
      now &&
      [now.sqlType, now.nullable, now.defaultValue, now.comment, now.generated].join() !==
        [column.sqlType, column.nullable, column.defaultValue, column.comment, column.generated].join();
    if (changed) alter(`MODIFY COLUMN ${lineOf(now)}`);
  }
  for (const column of byTag.values()) alter(`ADD ${lineOf(column)}`);
  const indexes = new Map(to.indexes.map((index) => [index.name, JSON.stringify(index)]));
  for (const index of from.indexes) {
    if (indexes.get(index.name) === JSON.stringify(index)) indexes.delete(index.name);
    else alter(`DROP INDEX ${quote(index.name)}`);
  }
  for (const name of indexes.keys()) {
    const line = after.find((each) => each.includes(`KEY ${quote(name)} `));
    if (line)
      alter(
        `ADD ${line
          .trim()
          .replace(/,$/, '')
          .replace(/\bKEY\b/, 'INDEX')}`,
      );
  }
  return statements;
}
