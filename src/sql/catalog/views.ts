/** Views as a database stores them: rows of the table `dolt_schemas`, each with the text of its CREATE statement. */
import type { RootValue } from '../../repo/root-value.ts';
import type { Table } from '../../table/table.ts';
import { parseOptionsOf, parseStatement } from '../syntax/parse.ts';
import type { AccountName } from '../types/account-name.ts';
import { definerOf } from './program-texts.ts';
import { tableRows } from './table-rows.ts';

export const SCHEMAS_TABLE = 'dolt_schemas';

export interface StoredView {
  readonly name: string;
  /** The text after AS. */
  readonly body: string;
  readonly columns: readonly string[] | undefined;
  /** The whole CREATE VIEW as it was written. */
  readonly text: string;
  readonly sqlMode: string;
  /** Undefined where none is written. */
  readonly definer: AccountName | undefined;
  readonly security: 'definer' | 'invoker' | undefined;
}

/** A row of `dolt_schemas`. */
export interface Fragment {
  readonly type: string;
  readonly name: string;
  readonly text: string;
  readonly extra: string | undefined;
  readonly sqlMode: string;
}

const cache = new WeakMap<Table, readonly Fragment[]>();
const views = new WeakMap<Fragment, StoredView>();

/** All views, triggers and events of a root. */
export function fragments(root: RootValue): readonly Fragment[] {
  const table = root.table(SCHEMAS_TABLE);
  if (table === undefined) return [];
  let found = cache.get(table);
  if (found === undefined) {
    const at = (name: string): number => table.schema.columnPosition(name);
    const [type, name, text, extra, mode] = [at('type'), at('name'), at('fragment'), at('extra'), at('sql_mode')];
    found = Array.from(tableRows(table), (row) => ({
      type: String(row[type]),
      name: String(row[name]),
      text: String(row[text] ?? ''),
      extra: extra < 0 || row[extra] === null ? undefined : String(row[extra]),
      sqlMode: mode < 0 ? '' : String(row[mode] ?? ''),
    }));
    cache.set(table, found);
  }
  return found;
}

/** By name, any case. */
export function findView(root: RootValue, name: string): StoredView | undefined {
  if (!root.hasTable(SCHEMAS_TABLE)) return undefined;
  const wanted = name.toLowerCase();
  const fragment = fragments(root).find(({ type, name }) => type === 'view' && name.toLowerCase() === wanted);
  return fragment && viewOf(fragment);
}

export function storedViews(root: RootValue): StoredView[] {
  return fragments(root)
    .filter(({ type }) => type === 'view')
    .map(viewOf);
}

function viewOf(fragment: Fragment): StoredView {
  let view = views.get(fragment);
  if (view === undefined) {
    view = parsed(fragment);
    views.set(fragment, view);
  }
  return view;
}

function parsed({ name, text, sqlMode }: Fragment): StoredView {
  const { statement, script } = parseStatement(text, parseOptionsOf(sqlMode));
  const known = { name, text, sqlMode };
  if (statement.kind !== 'createView') {
    return { ...known, body: text, columns: undefined, definer: undefined, security: undefined };
  }
  const { query, columns, definer, security } = statement;
  return { ...known, body: script.slice(query.start, query.end), columns, definer: definerOf(definer), security };
}
