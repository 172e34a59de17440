/**
 * Moving tables between roots: `add` takes them from working to staged, `reset` from the head to staged, `checkout` of
 * tables from a commit. A moved table brings its foreign keys and its name; a table that is gone is removed.
 */
import { fullTextTables, isFullTextTable } from '../table/full-text/full-text-tables.ts';
import { decodeRow } from '../table/row-codec.ts';
import { declaredBy, type ForeignKeys, withoutKeys, withoutTables } from './foreign-keys.ts';
import { type IgnorePattern, isIgnored } from './ignore-patterns.ts';
import { TablesNotFoundError } from './repo-errors.ts';
import type { RootValue } from './root-value.ts';
import { tableDeltas } from './table-deltas.ts';

export interface Roots {
  readonly head: RootValue;
  readonly staged: RootValue;
  readonly working: RootValue;
}

export const IGNORE_TABLE = 'dolt_ignore';

/** What `dolt_ignore` says in this root; nothing when it has no such table. */
export function ignorePatterns(working: RootValue): readonly IgnorePattern[] {
  const table = working.table(IGNORE_TABLE);
  if (!table) return [];
  const pattern = table.schema.columnPosition('pattern');
  const ignored = table.schema.columnPosition('ignored');
  const patterns: IgnorePattern[] = [];
  for (const { node, from, to } of table.rows.scan()) {
    for (let i = from; i < to; i++) {
      const [key, value] = [node.key(i), node.value(i)];
      const row = decodeRow(table.schema, key, 0, key.length, value, 0, value.length, table.store);
      patterns.push({ pattern: String(row[pattern]), ignored: Number(row[ignored]) !== 0 });
    }
  }
  return patterns;
}

/** All tables of working and staged, the ignored ones left alone unless `force`; and the database's collation. */
export function stageAll(roots: Roots, force = false): Roots {
  const names = [...new Set([...roots.staged.tableNames(), ...roots.working.tableNames()])];
  return stageCollation(stageTables(roots, withoutIndexParts(names, roots), force));
}

/** The tables of full-text indexes go with the table that has the index, which may be ignored. */
function withoutIndexParts(names: readonly string[], { staged, working }: Roots): readonly string[] {
  if (!names.some(isFullTextTable)) return names;
  const schemas = [staged, working].flatMap((root) => root.tableNames().map((name) => root.table(name)!.schema));
  const parts = new Set(schemas.flatMap(fullTextTables));
  return names.filter((name) => !parts.has(name));
}

/** Throws `TablesNotFoundError`, `IgnoreConflictError`. Names in any case. */
export function stageTables(roots: Roots, names: readonly string[], force = false): Roots {
  const missing: string[] = [];
  const resolved: string[] = [];
  const patterns = force ? [] : ignorePatterns(roots.working);
  for (const name of names) {
    const found = roots.working.resolveTableName(name) ?? roots.staged.resolveTableName(name);
    if (found === undefined) missing.push(name);
    else if (force || !isIgnored(patterns, found)) resolved.push(found);
  }
  if (missing.length > 0) throw new TablesNotFoundError(missing);
  return { ...roots, staged: moveTables(resolved, roots.working, roots.staged) };
}

export function stageCollation(roots: Roots): Roots {
  return { ...roots, staged: roots.staged.withCollation(roots.working.collation) };
}

/** The tables, and those of their full-text indexes in either root. */
function withFullTextTables(names: readonly string[], source: RootValue, target: RootValue): string[] {
  const parts = names.flatMap((name) =>
    [source, target].flatMap((root) => {
      const stored = root.resolveTableName(name);
      return stored === undefined ? [] : fullTextTables(root.table(stored)!.schema);
    }),
  );
  return [...names, ...parts];
}

/**
 * `target` with the tables `names` as they are in `source`. A table renamed in between moves under its new name, its
 * old one goes.
 */
export function moveTables(names: readonly string[], source: RootValue, target: RootValue): RootValue {
  const wanted = new Set(withFullTextTables(names, source, target).map((name) => name.toLowerCase()));
  const isWanted = (name: string | undefined): boolean => name !== undefined && wanted.has(name.toLowerCase());
  let moved = target;
  let keys: ForeignKeys = target.foreignKeys();
  const dropped: string[] = [];
  for (const { kind, fromName, toName } of tableDeltas(target, source)) {
    if (!isWanted(toName ?? fromName)) continue;
    if (fromName !== undefined) keys = withoutKeys(keys, declaredBy(target.foreignKeys(), fromName));
    if (kind === 'dropped') {
      dropped.push(fromName!);
      continue;
    }
    if (kind === 'renamed') moved = moved.withTableRenamed(fromName!, toName!);
    moved = moved.withTable(toName!, source.tableAddress(toName!)!);
    const added = declaredBy(source.foreignKeys(), toName!);
    keys = [...withoutKeys(keys, added), ...added];
  }
  for (const name of dropped) moved = moved.withoutTable(name);
  return moved.withForeignKeys(withoutTables(keys, dropped));
}
