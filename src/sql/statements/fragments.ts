/** Changing `dolt_schemas`, where views, triggers, events and functions are rows with the text of their CREATE statement. */
import type { RootValue } from '../../repo/root-value.ts';
import { TableEditor } from '../../table/table-editor.ts';
import { storedTriggers } from '../catalog/stored-programs.ts';
import { tableRows } from '../catalog/table-rows.ts';
import { SCHEMAS_TABLE } from '../catalog/views.ts';
import type { DatabaseHandle } from '../session/database-handle.ts';
import { quoteName } from '../syntax/print-expression.ts';
import { writableInternalTable } from './internal-tables.ts';
import type { StatementScene } from './scene.ts';

export interface NewFragment {
  readonly type: 'view' | 'trigger' | 'event' | 'function';
  readonly name: string;
  readonly text: string;
  /** Seconds since 1970 UTC; views are stored without a time. */
  readonly created?: number;
  /** The session's unless told. */
  readonly sqlMode?: string;
}

export function putFragment(
  handle: DatabaseHandle,
  root: RootValue,
  { type, name, text, created = 0, sqlMode }: NewFragment,
  { session }: StatementScene,
): void {
  const ready = root.hasTable(SCHEMAS_TABLE) ? root : writableInternalTable(SCHEMAS_TABLE, root, session.view(handle))!;
  const editor = new TableEditor(ready.table(SCHEMAS_TABLE)!);
  const mode = sqlMode ?? session.variables.text('sql_mode');
  editor.insert([type, name, text, `{"CreatedAt":${created}}`, mode]);
  session.setRoot(handle, ready.withTable(SCHEMAS_TABLE, editor.finish()));
}

/** The root with another name for a fragment, whose text stays as it was written, as in the original. */
export function withRenamedFragment(root: RootValue, type: NewFragment['type'], name: string, to: string): RootValue {
  const table = root.table(SCHEMAS_TABLE)!;
  const editor = new TableEditor(table);
  for (const row of tableRows(table)) {
    if (String(row[0]) !== type || String(row[1]) !== name) continue;
    editor.delete(row);
    editor.insert([type, to, ...row.slice(2)]);
  }
  return root.withTable(SCHEMAS_TABLE, editor.finish());
}

/** The root without the fragments that `isWanted` picks; without the table where nothing is left in it. */
export function withoutFragments(root: RootValue, isWanted: (type: string, name: string) => boolean): RootValue {
  const table = root.table(SCHEMAS_TABLE);
  if (table === undefined) return root;
  const editor = new TableEditor(table);
  let left = 0;
  let gone = 0;
  for (const row of tableRows(table)) {
    if (isWanted(String(row[0]), String(row[1]))) {
      editor.delete(row);
      gone++;
    } else left++;
  }
  if (gone === 0) return root;
  return left === 0 ? root.withoutTable(SCHEMAS_TABLE) : root.withTable(SCHEMAS_TABLE, editor.finish());
}

export function withoutFragment(root: RootValue, type: NewFragment['type'], name: string): RootValue {
  const wanted = name.toLowerCase();
  return withoutFragments(root, (otherType, other) => otherType === type && other.toLowerCase() === wanted);
}

/** The root without the triggers of a table that goes. */
export function withoutTriggersOf(root: RootValue, table: string): RootValue {
  const gone = storedTriggers(root).filter(
    ({ statement }) => statement.table.name.toLowerCase() === table.toLowerCase(),
  );
  return gone.reduce((rest, { name }) => withoutFragment(rest, 'trigger', name), root);
}

/** The root with the triggers of a table on another: their texts name it. */
export function withTriggersOn(root: RootValue, from: string, to: string): RootValue {
  const moved = storedTriggers(root).filter(
    ({ statement }) => statement.table.name.toLowerCase() === from.toLowerCase(),
  );
  if (moved.length === 0) return root;
  const table = root.table(SCHEMAS_TABLE)!;
  const editor = new TableEditor(table);
  for (const row of tableRows(table)) {
    const trigger = moved.find(({ name }) => row[0] === 'trigger' && row[1] === name);
    if (trigger === undefined) continue;
    const { start, end } = trigger.statement.table;
    const text = trigger.script.slice(0, start) + quoteName(to) + trigger.script.slice(end);
    editor.update(row, [...row.slice(0, 2), text, ...row.slice(3)]);
  }
  return root.withTable(SCHEMAS_TABLE, editor.finish());
}
