/**
 * Which tables differ between two roots. Tables are matched by name first; what is left over on both sides and shares a
 * column (tag and name) is a renamed table. Only addresses are compared: the cost follows the number of tables.
 */
import type { Address } from '../base/address.ts';
import { readTable, type TableMessage } from '../serial/table.ts';
import type { Table } from '../table/table.ts';
import { declaredBy, equalKeys } from './foreign-keys.ts';
import type { RootValue } from './root-value.ts';

export interface TableDelta {
  readonly kind: 'added' | 'dropped' | 'renamed' | 'modified';
  /** The table's name in the first root; undefined when it was added. */
  readonly fromName: string | undefined;
  /** The table's name in the second root; undefined when it was dropped. */
  readonly toName: string | undefined;
  readonly fromRoot: RootValue;
  readonly toRoot: RootValue;
}

/** The name a user knows the table by: the newer one. */
export const currentName = (delta: TableDelta): string => (delta.toName ?? delta.fromName)!;

export const fromTable = (delta: TableDelta): Table | undefined =>
  delta.fromName === undefined ? undefined : delta.fromRoot.table(delta.fromName);

export const toTable = (delta: TableDelta): Table | undefined =>
  delta.toName === undefined ? undefined : delta.toRoot.table(delta.toName);

/** The tables that differ, in order of their first name (added ones first, as Dolt lists them). */
export function tableDeltas(fromRoot: RootValue, toRoot: RootValue): TableDelta[] {
  if (fromRoot === toRoot || fromRoot.address === toRoot.address) return [];
  const from = new Map<string, Address>(fromRoot.tables());
  const to = new Map<string, Address>(toRoot.tables());
  const deltas: TableDelta[] = [];
  for (const [name, address] of [...to]) {
    const before = from.get(name);
    if (before === undefined) continue;
    from.delete(name);
    to.delete(name);
    if (
      before !== address ||
      !equalKeys(declaredBy(fromRoot.foreignKeys(), name), declaredBy(toRoot.foreignKeys(), name))
    ) {
      deltas.push({ kind: 'modified', fromName: name, toName: name, fromRoot, toRoot });
    }
  }
  for (const fromName of [...from.keys()]) {
    for (const toName of to.keys()) {
      if (!shareColumn(fromRoot.table(fromName)!, toRoot.table(toName)!)) continue;
      deltas.push({ kind: 'renamed', fromName, toName, fromRoot, toRoot });
      from.delete(fromName);
      to.delete(toName);
      break;
    }
  }
  for (const fromName of from.keys()) deltas.push({ kind: 'dropped', fromName, toName: undefined, fromRoot, toRoot });
  for (const toName of to.keys()) deltas.push({ kind: 'added', fromName: undefined, toName, fromRoot, toRoot });
  return deltas.sort(inOrder);
}

/** In order of the second root's names, dropped tables first: how Dolt's table functions list them. */
export function byNewName(deltas: readonly TableDelta[]): TableDelta[] {
  const order = ({ toName = '' }: TableDelta, { toName: other = '' }: TableDelta): number => {
    return toName === other ? 0 : toName < other ? -1 : 1;
  };
  return deltas.toSorted(order);
}

/** A difference a user sees: not only of column tags, conflicts or violations. */
export function isVisible(delta: TableDelta): boolean {
  if (delta.kind !== 'modified') return true;
  const name = delta.toName!;
  const before = tableMessage(delta.fromRoot, name);
  const after = tableMessage(delta.toRoot, name);
  return (
    !Buffer.from(before.rows).equals(after.rows) ||
    before.autoIncrement !== after.autoIncrement ||
    before.schema !== after.schema ||
    !equalKeys(declaredBy(delta.fromRoot.foreignKeys(), name), declaredBy(delta.toRoot.foreignKeys(), name))
  );
}

/** The stored message of a table. */
export const tableMessage = (root: RootValue, name: string): TableMessage =>
  readTable(root.nodes.readMessage(root.tableAddress(name)!));

function shareColumn(a: Table, b: Table): boolean {
  const names = new Map(a.schema.columns.map((column) => [column.tag, column.name]));
  return b.schema.columns.some((column) => !column.hidden && names.get(column.tag) === column.name);
}

function inOrder(a: TableDelta, b: TableDelta): number {
  const [x, y] = [a.fromName ?? '', b.fromName ?? ''];
  if (x !== y) return x < y ? -1 : 1;
  return (a.toName ?? '') < (b.toName ?? '') ? -1 : 1;
}
