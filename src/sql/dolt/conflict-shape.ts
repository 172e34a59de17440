/** How rows in conflict are shown: the commit they come from, then the columns of the three sides, each with its own. */
import { addressBytes } from '../../base/address.ts';
import { writeXxh3Of128 } from '../../prolly/xxh3.ts';
import type { ConflictRow, ConflictSchemas } from '../../repo/conflicts.ts';
import type { TableSchema } from '../../table/schema.ts';
import type { Row } from '../../table/table-editor.ts';
import type { Value } from '../../tuple/value.ts';
import type { SystemColumn } from '../catalog/system-table.ts';
import { storedType } from '../catalog/table-columns.ts';
import { UNSIGNED_BIGINT, varchar } from '../types/sql-type.ts';

const TEXT = varchar(1023);

export interface ConflictShape {
  readonly columns: readonly SystemColumn[];
  /** Of each side the positions of its columns as they are shown: those of the primary key first. */
  readonly order: Readonly<Record<keyof ConflictSchemas, readonly number[]>>;
  valuesOf(conflict: ConflictRow): Value[];
}

export function conflictShape({ base, ours, theirs }: ConflictSchemas): ConflictShape {
  const order = { base: keyFirst(base), ours: keyFirst(ours), theirs: keyFirst(theirs) };
  return {
    order,
    columns: [
      { name: 'from_root_ish', type: TEXT, nullable: true },
      ...side(base, order.base, 'base_', true),
      ...side(ours, order.ours, 'our_', false),
      { name: 'our_diff_type', type: TEXT, nullable: true },
      ...side(theirs, order.theirs, 'their_', true),
      { name: 'their_diff_type', type: TEXT, nullable: true },
      { name: 'dolt_conflict_id', type: TEXT, nullable: true },
      ...(ours.isKeyless ? ['base', 'our', 'their'].map(cardinalityColumn) : []),
    ],
    valuesOf: (conflict) => [
      conflict.theirsAddress,
      ...order.base.map((at) => conflict.base?.[at] ?? null),
      ...order.ours.map((at) => conflict.ours?.[at] ?? null),
      changeKind(conflict.base, conflict.ours),
      ...order.theirs.map((at) => conflict.theirs?.[at] ?? null),
      changeKind(conflict.base, conflict.theirs),
      conflictId(conflict),
      ...(ours.isKeyless ? [conflict.times.base, conflict.times.ours, conflict.times.theirs] : []),
    ],
  };
}

/** Positions of the columns, those of the primary key first. */
function keyFirst({ primaryKey, columns }: TableSchema): number[] {
  return [...primaryKey, ...columns.map((_, i) => i).filter((i) => !primaryKey.includes(i))];
}

function side(schema: TableSchema, order: readonly number[], prefix: string, nullable: boolean): SystemColumn[] {
  return order.map((at) => {
    const column = schema.columns[at]!;
    return { name: prefix + column.name, type: storedType(column.sqlType), nullable: nullable || column.nullable };
  });
}

const cardinalityColumn = (name: string): SystemColumn => ({
  name: `${name}_cardinality`,
  type: UNSIGNED_BIGINT,
  nullable: true,
});

function changeKind(base: Row | undefined, now: Row | undefined): string {
  if (now === undefined) return 'removed';
  return base === undefined ? 'added' : 'modified';
}

/** The original's: a hash of the row's key and the commit it came from. */
export function conflictId({ key, theirsAddress }: ConflictRow): string {
  const bytes = Buffer.concat([key, addressBytes(theirsAddress)]);
  const hash = Buffer.alloc(16);
  writeXxh3Of128(bytes, 0, bytes.length, hash, 0);
  return hash.reverse().toString('base64').replace(/=+$/, '');
}
