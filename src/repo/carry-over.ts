/**
 * What happens to uncommitted changes when the head under them moves: `checkout` takes them along to the other branch
 * unless the branch changes the same tables, a hard reset keeps only tables that were never staged.
 */
import type { Address } from '../base/address.ts';
import { DoltError } from '../base/errors.ts';
import { isFullTextTable } from '../table/full-text/full-text-tables.ts';
import { declaredBy, equalKeys, type ForeignKeys } from './foreign-keys.ts';
import { type IgnorePattern, isIgnored } from './ignore-patterns.ts';
import { BlockedByTablesError } from './repo-errors.ts';
import type { RootValue } from './root-value.ts';
import { ignorePatterns, type Roots } from './staging.ts';
import { fateOf } from './status.ts';

/** Staged or working changes; tables that `dolt_ignore` names do not count. */
export function hasUncommittedChanges({ head, staged, working }: Roots): boolean {
  return head.address !== working.address || head.address !== staged.address;
}

/** The other branch has changes of its own, different from these. */
export function wouldOverwriteChanges(current: Roots, target: Roots): boolean {
  if (!hasUncommittedChanges(current) || !hasUncommittedChanges(target)) return false;
  return current.working.address !== target.working.address || current.staged.address !== target.staged.address;
}

/** The roots on another branch whose head is `branchHead`. Throws `BlockedByTablesError` unless `force`. */
export function carryOver(roots: Roots, branchHead: RootValue, force: boolean): Roots {
  const blocked = new Set<string>();
  const working = carried(roots.head, branchHead, roots.working, force, blocked);
  const staged = carried(roots.head, branchHead, roots.staged, force, blocked);
  if (blocked.size > 0) throw wouldOverwrite([...blocked].sort());
  return {
    head: branchHead,
    working: branchHead
      .replaceTables(working)
      .withForeignKeys(carriedKeys(roots.head, branchHead, roots.working, force)),
    staged: branchHead.replaceTables(staged).withForeignKeys(carriedKeys(roots.head, branchHead, roots.staged, force)),
  };
}

export function wouldOverwrite(tables: readonly string[]): BlockedByTablesError {
  const list = tables.map((table) => `\t${table}\n`).join('');
  return new BlockedByTablesError(
    'local changes',
    tables,
    `Your local changes to the following tables would be overwritten by checkout:\n${list}Please commit your changes or stash them before you switch branches.\nAborting`,
  );
}

/** The tables of `changed`, which were made on `oldHead`, on top of `newHead`. */
function carried(
  oldHead: RootValue,
  newHead: RootValue,
  changed: RootValue,
  force: boolean,
  blocked: Set<string>,
): Map<string, Address> {
  const result = new Map<string, Address>();
  const put = (name: string, address: Address | undefined): void => {
    if (address !== undefined) result.set(name, address);
  };
  const names = newHead.tableNames();
  for (const name of names) {
    const before = oldHead.tableAddress(name);
    const after = newHead.tableAddress(name);
    const mine = changed.tableAddress(name);
    if (before === mine || force) put(name, before === after && before !== mine ? mine : after);
    else if (before === after) put(name, mine);
    else blocked.add(name);
  }
  const known = new Set(names);
  for (const name of changed.tableNames()) {
    if (known.has(name)) continue;
    const before = oldHead.tableAddress(name);
    const mine = changed.tableAddress(name)!;
    if (before === undefined) put(name, mine);
    else if (force) put(name, before);
    else if (before !== mine) blocked.add(name);
  }
  return result;
}

function carriedKeys(oldHead: RootValue, newHead: RootValue, changed: RootValue, force: boolean): ForeignKeys {
  const [before, after, mine] = [oldHead.foreignKeys(), newHead.foreignKeys(), changed.foreignKeys()];
  if (equalKeys(before, mine)) return after;
  if (equalKeys(before, after)) return mine;
  const blocked: string[] = [];
  const keys: ForeignKeys[number][] = [];
  for (const table of new Set([...newHead.tableNames(), ...changed.tableNames()])) {
    const [b, a, m] = [declaredBy(before, table), declaredBy(after, table), declaredBy(mine, table)];
    if (equalKeys(b, m)) keys.push(...a);
    else if (equalKeys(b, a)) keys.push(...m);
    else if (force) keys.push(...a);
    else blocked.push(table);
  }
  if (blocked.length > 0) throw wouldOverwrite(blocked.sort());
  return keys;
}

/** Throws when ignored tables of the working root differ from those the branch has. */
export function assertIgnoredTablesStay(working: RootValue, branchHead: RootValue): void {
  const patterns = ignorePatterns(working);
  const overwritten = working.tableNames().filter((name) => {
    const after = branchHead.tableAddress(name);
    return after !== undefined && after !== working.tableAddress(name) && isIgnored(patterns, name);
  });
  if (overwritten.length === 0) return;
  throw new DoltError(
    'conflict',
    `the following ignored tables would be overwritten by checkout:\n\t${overwritten.join('\n\t')}`,
  );
}

/** The new tables of `working` that `patterns` ignore, with those of their full-text indexes. */
export function ignoredTables(
  staged: RootValue,
  working: RootValue,
  patterns: readonly IgnorePattern[] = ignorePatterns(working),
): readonly string[] {
  const added = working.tableNames().filter((name) => !staged.hasTable(name));
  const ignored = added.filter((name) => fateOf(patterns, name) === 'ignored');
  const isPart = (name: string): boolean =>
    isFullTextTable(name) && ignored.some((owner) => name.toLowerCase().startsWith(`dolt_${owner}_`.toLowerCase()));
  return added.filter((name) => ignored.includes(name) || isPart(name));
}

/** The same, where they are all that `working` has besides `head`; undefined where something else is changed. */
export function onlyIgnoredTables(head: RootValue, working: RootValue): readonly string[] | undefined {
  const isChanged = (name: string): boolean => head.tableAddress(name) !== working.tableAddress(name);
  if (head.collation !== working.collation || head.tableNames().some(isChanged)) return undefined;
  const ignored = ignoredTables(head, working, ignorePatterns(head));
  if (working.tableNames().length !== head.tableNames().length + ignored.length) return undefined;
  const keys = working.foreignKeys().filter(({ childTable }) => !ignored.includes(childTable));
  return equalKeys(head.foreignKeys(), keys) ? ignored : undefined;
}

/** `target` with `tables` of `working` and their foreign keys, but for those whose names it has. */
export function withTablesOf(target: RootValue, working: RootValue, tables: readonly string[]): RootValue {
  const names = tables.filter((name) => target.resolveTableName(name) === undefined);
  if (names.length === 0) return target;
  const keys = names.flatMap((name) => declaredBy(working.foreignKeys(), name));
  const root = target.withTables(new Map(names.map((name) => [name, working.tableAddress(name)!])));
  return keys.length === 0 ? root : root.withForeignKeys([...target.foreignKeys(), ...keys]);
}

/** `target` with the tables of `working` that are not in `staged` and fit: no name and no column tag of theirs is taken. */
export function keepUntracked(working: RootValue, staged: RootValue, target: RootValue): RootValue {
  const taken = new Set<number>();
  for (const name of target.tableNames()) for (const { tag } of target.table(name)!.schema.columns) taken.add(tag);
  let result = target;
  for (const name of working.tableNames()) {
    if (staged.hasTable(name) || target.hasTable(name)) continue;
    const columns = working.table(name)!.schema.columns;
    if (columns.some(({ tag, hidden }) => !hidden && taken.has(tag))) continue;
    result = result.withTable(name, working.tableAddress(name)!);
  }
  return result;
}
