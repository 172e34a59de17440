/** A foreign key as a statement uses it: its columns by position, and how values of both sides compare. */
import { canReferAll } from '../../repo/foreign-key-types.ts';
import type { RootValue } from '../../repo/root-value.ts';
import { type ForeignKeyMessage, ReferentialAction } from '../../serial/foreign-key-collection.ts';
import type { TableSchema } from '../../table/schema.ts';
import type { Value } from '../../tuple/value.ts';
import { storedType } from '../catalog/table-columns.ts';
import { keyOfFor } from '../types/compare.ts';
import type { SqlType } from '../types/sql-type.ts';

/** A foreign key with its columns as positions, the same number on both sides. */
export interface ResolvedKey {
  readonly key: ForeignKeyMessage;
  readonly child: readonly number[];
  readonly parent: readonly number[];
  readonly keyOf: (values: readonly Value[]) => string;
  /** False where the types keep the values of one side from being found in the other. */
  readonly canMatch: boolean;
  readonly childTypes: readonly SqlType[];
}

/** Undefined where one of the tables is not there. */
export function resolvedForeignKey(root: RootValue, key: ForeignKeyMessage): ResolvedKey | undefined {
  const childTable = root.resolveTableName(key.childTable);
  const parentTable = root.resolveTableName(key.parentTable);
  if (childTable === undefined || parentTable === undefined) return undefined;
  const [childSchema, parentSchema] = [root.table(childTable)!.schema, root.table(parentTable)!.schema];
  const child = positions(childSchema, key.childColumns);
  const parent = positions(parentSchema, key.parentColumns);
  const keys = parent.map((column) => keyOfFor(storedType(parentSchema.columns[column]!.sqlType)));
  return {
    key,
    child,
    parent,
    childTypes: child.map((column) => storedType(childSchema.columns[column]!.sqlType)),
    canMatch: canReferAll(childSchema, child, parentSchema, parent),
    keyOf: (values) => values.map((value, i) => String(keys[i]!(value))).join('\u0000'),
  };
}

function positions(schema: TableSchema, tags: readonly number[]): number[] {
  return tags.map((tag) => schema.columns.findIndex((column) => column.tag === tag));
}

/** As MySQL names a foreign key in its messages. */
export function describeForeignKey(key: ForeignKeyMessage, root: RootValue, database: string): string {
  const names = (table: string, tags: readonly number[]): string => {
    const { columns } = root.table(root.resolveTableName(table)!)!.schema;
    return tags.map((tag) => `\`${columns.find((column) => column.tag === tag)?.name}\``).join(',');
  };
  const waiting = (columns: readonly string[] = []): string => columns.map((name) => `\`${name}\``).join(',');
  const isWaiting = key.childColumns.length === 0;
  const child = isWaiting ? waiting(key.unresolvedChildColumns) : names(key.childTable, key.childColumns);
  const parent = isWaiting ? waiting(key.unresolvedParentColumns) : names(key.parentTable, key.parentColumns);
  return (
    `\`${database}\`.\`${key.childTable}\`, CONSTRAINT \`${key.name}\` FOREIGN KEY (${child}) ` +
    `REFERENCES \`${key.parentTable}\` (${parent})${actionText('DELETE', key.onDelete)}${actionText('UPDATE', key.onUpdate)}`
  );
}

/** Messages leave out what changes nothing, unlike SHOW CREATE TABLE. */
function actionText(event: string, action: ReferentialAction): string {
  if (action === ReferentialAction.cascade) return ` ON ${event} CASCADE`;
  return action === ReferentialAction.setNull ? ` ON ${event} SET NULL` : '';
}
