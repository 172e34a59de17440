/**
 * `dolt_nonlocal_tables`: names by which tables of other branches and commits are found. An entry stands before a table of the
 * same name, where the table that it means is there. What an entry leads to is not looked up in the entries there.
 */
import { matchesPattern } from '../../repo/ignore-patterns.ts';
import { branchRef } from '../../repo/refs.ts';
import type { RootValue } from '../../repo/root-value.ts';
import type { Table } from '../../table/table.ts';
import { SqlError } from '../types/sql-error.ts';
import type { DatabaseView } from './database-view.ts';
import { tableRows } from './table-rows.ts';

export const NONLOCAL_TABLES = 'dolt_nonlocal_tables';

interface Entry {
  /** In lower case, with the wildcards of `dolt_ignore`. */
  readonly pattern: string;
  /** '': where the entry stands. */
  readonly ref: string;
  /** '': as the pattern was matched. */
  readonly table: string;
  readonly options: string;
}

/** Where a table is that a name stands for. */
export interface NonlocalTable {
  readonly ref: string;
  readonly table: string;
}

const known = new WeakMap<Table, readonly Entry[]>();
const NONE: readonly Entry[] = [];

/** Every name that is looked up is looked for here first; most roots have none. */
function entriesOf(root: RootValue): readonly Entry[] {
  if (!root.hasTable(NONLOCAL_TABLES)) return NONE;
  const table = root.table(NONLOCAL_TABLES)!;
  let entries = known.get(table);
  if (entries === undefined) {
    const columns = ['table_name', 'target_ref', 'ref_table', 'options'].map((name) =>
      table.schema.columnPosition(name),
    );
    entries = Array.from(tableRows(table), (row) => {
      const [pattern, ref, named, options] = columns.map((at) => String(row[at] ?? ''));
      return { pattern: pattern!.toLowerCase(), ref: ref!, table: named!, options: options! };
    });
    known.set(table, entries);
  }
  return entries;
}

/** What a name stands for by the first entry that it matches. Throws 1105 for options that there are none of. */
export function nonlocalTable(root: RootValue, name: string): NonlocalTable | undefined {
  const entries = entriesOf(root);
  if (entries.length === 0) return undefined;
  const lower = name.toLowerCase();
  const entry = entries.find(({ pattern }) => matchesPattern(pattern, lower));
  if (entry === undefined) return undefined;
  if (entry.options !== 'immediate') {
    const message = `Invalid nonlocal table options ${entry.options}: only valid value is 'immediate'.`;
    throw new SqlError(1105, 'HY000', message, 'invalid');
  }
  return { ref: entry.ref, table: entry.table || name };
}

/** Throws 1105 for a new table whose name stands for another one. */
export function assertLocalName(root: RootValue, name: string): void {
  const lower = name.toLowerCase();
  if (!entriesOf(root).some(({ pattern }) => matchesPattern(pattern, lower))) return;
  const message = `Cannot create table name ${name} because it matches a name present in dolt_nonlocal_tables.`;
  throw new SqlError(1105, 'HY000', message, 'conflict');
}

/** What the database's name is followed by where a table is: a branch, or a commit; '' for where the view is. */
export function revisionOf(view: Pick<DatabaseView, 'refs' | 'resolveCommit'>, ref: string): string {
  if (ref === '') return '';
  return view.refs.get(branchRef(ref)) === undefined ? view.resolveCommit(ref) : ref;
}

/** Names by which tables are found that are elsewhere, and where; `rootAt` reads what a ref names. */
export function* nonlocalNames(
  root: RootValue,
  rootAt: (ref: string) => RootValue | undefined,
): Generator<NonlocalTable & { readonly name: string }, void, void> {
  for (const { pattern, ref, table } of entriesOf(root)) {
    const there = rootAt(ref);
    if (there === undefined) continue;
    if (!/[*%?]/.test(pattern)) {
      const stored = there.resolveTableName(table || pattern);
      if (stored !== undefined) yield { name: pattern, ref, table: stored };
    } else if (table === '') {
      for (const name of there.tableNames()) {
        if (matchesPattern(pattern, name.toLowerCase()) && !/^dolt_/i.test(name)) yield { name, ref, table: name };
      }
    }
  }
}
