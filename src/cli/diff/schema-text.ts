/** How a table's definition changed: as lines with `+` and `-`, and as statements that make the change. */

import type { RootValue } from '../../repo/root-value.ts';
import { fromTable, type TableDelta, toTable } from '../../repo/table-deltas.ts';
import { createTableText } from '../../sql/catalog/describe-table.ts';
import type { ColumnDefinition, TableSchema } from '../../table/schema.ts';
import { isShown } from '../../table/shown-columns.ts';
import type { Terminal } from '../terminal.ts';
import { sequenceDiff } from './sequence-diff.ts';

/** The CREATE TABLE statement of a table in a root, with its `;`. */
export function createStatement(root: RootValue, name: string | undefined): string | undefined {
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
  const before = createStatement(fromRoot, fromName)?.split('\n') ?? [];
  const after = createStatement(toRoot, toName)?.split('\n') ?? [];
  if (before.join('\n') === after.join('\n')) return '';
  const lines = sequenceDiff(before, after).map(([mark, line]) => {
    if (mark === '-') return colors.red(`-${line}`);
    return mark === '+' ? colors.green(`+${line}`) : ` ${line}`;
  });
  return `${lines.join('\n')}\n`;
}

const quote = (name: string): string => `\`${name.replaceAll('`', '``')}\``;

/** Statements that turn the old definition into the new one. */
export function schemaStatements(delta: TableDelta): string[] {
  const { kind, fromName, toName, toRoot } = delta;
  if (kind === 'added') return [createStatement(toRoot, toName)!];
  if (kind === 'dropped') return [`DROP TABLE ${quote(fromName!)};`];
  const statements = kind === 'renamed' ? [`RENAME TABLE ${quote(fromName!)} TO ${quote(toName!)};`] : [];
  const after = createStatement(toRoot, toName)!.split('\n');
  const lineOf = (column: ColumnDefinition): string =>
    after
      .find((line) => line.startsWith(`  ${quote(column.name)} `))!
      .trim()
      .replace(/,$/, '');
  const alter = (what: string): void => void statements.push(`ALTER TABLE ${quote(toName!)} ${what};`);
  const [from, to] = [fromTable(delta)!.schema, toTable(delta)!.schema];
  const visible = (columns: readonly ColumnDefinition[]) => columns.filter(isShown);
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
  const keyOf = ({ primaryKey, columns }: TableSchema) => primaryKey.map((i) => columns[i]!);
  const [oldKey, newKey] = [keyOf(from), keyOf(to)];
  if (oldKey.map(({ tag }) => tag).join() !== newKey.map(({ tag }) => tag).join()) {
    if (oldKey.length > 0) alter('DROP PRIMARY KEY');
    if (newKey.length > 0) alter(`ADD PRIMARY KEY (${newKey.map(({ name }) => quote(name)).join(',')})`);
  }
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
          .replace(/\bKEY\b/, 'INDEX')
          .replace('` (', '`(')}`,
      );
  }
  return statements;
}
