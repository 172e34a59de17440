/** Tables and columns under other names; foreign keys and triggers follow. */
import type { ForeignKeys } from '../../../repo/foreign-keys.ts';
import type { RootValue } from '../../../repo/root-value.ts';
import { withTriggersOn } from '../fragments.ts';

/** A table under another name; its triggers and the foreign keys of both sides follow. */
export function renamedTable(root: RootValue, from: string, to: string): RootValue {
  const keys = root.foreignKeys();
  const renamed = withTriggersOn(root.withTableRenamed(from, to), from, to);
  const name = from.toLowerCase();
  const concerned = keys.some((key) => key.childTable.toLowerCase() === name || key.parentTable.toLowerCase() === name);
  if (!concerned) return renamed;
  // A key that was named after its table goes on being so.
  const automatic = `${from}_ibfk_`;
  return renamed.withForeignKeys(
    keys.map((key) => {
      const isChild = key.childTable.toLowerCase() === name;
      const isNamedAfter = isChild && key.name.startsWith(automatic) && key.name.length > automatic.length;
      return {
        ...key,
        name: isNamedAfter ? `${to}_ibfk_${key.name.slice(automatic.length)}` : key.name,
        childTable: isChild ? to : key.childTable,
        parentTable: key.parentTable.toLowerCase() === name ? to : key.parentTable,
      };
    }),
  );
}

/** Foreign keys remember the names of their columns too. */
export function renamedColumnInKeys(keys: ForeignKeys, table: string, from: string, to: string): ForeignKeys {
  const name = table.toLowerCase();
  const renamed = (columns: readonly string[] | undefined): readonly string[] =>
    (columns ?? []).map((column) => (column.toLowerCase() === from.toLowerCase() ? to : column));
  return keys.map((key) => ({
    ...key,
    ...(key.childTable.toLowerCase() === name ? { unresolvedChildColumns: renamed(key.unresolvedChildColumns) } : {}),
    ...(key.parentTable.toLowerCase() === name
      ? { unresolvedParentColumns: renamed(key.unresolvedParentColumns) }
      : {}),
  }));
}
