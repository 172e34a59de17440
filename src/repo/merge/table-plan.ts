/** What a merge has to do about a table, found without reading its rows. */
import type { Address } from '../../base/address.ts';
import type { TableSchema } from '../../table/schema.ts';
import { Table } from '../../table/table.ts';
import type { RootValue } from '../root-value.ts';
import { UnmergeableError } from './merge-error.ts';
import { equalButTags, equalSchemas, mergeSchemas } from './merge-schema.ts';
import type { MergeSides } from './row-fate.ts';

export interface RootSides {
  readonly base: RootValue;
  readonly ours: RootValue;
  readonly theirs: RootValue;
}

export type TablePlan =
  | { readonly kind: 'ours' }
  /** Theirs is taken as it is; without an address the table goes. */
  | { readonly kind: 'theirs'; readonly address: Address | undefined }
  | { readonly kind: 'removedAndChanged'; readonly isSchemaChanged: boolean }
  | { readonly kind: 'schemaConflicts'; readonly conflicts: readonly string[] }
  /** Both have rows of their own. */
  | ({ readonly kind: 'rows'; readonly schema: TableSchema; readonly rebuildsIndexes: boolean } & MergeSides);

const OURS: TablePlan = { kind: 'ours' };

/** Throws `UnmergeableError` where there is nothing to resolve by choosing a side. */
export function tablePlan(name: string, sides: RootSides): TablePlan {
  const [was, mine, their] = [sides.base, sides.ours, sides.theirs].map((root) => root.tableAddress(name));
  if (mine === undefined && their === undefined) return OURS;
  const ours = mine === undefined ? undefined : sides.ours.table(name)!;
  // Equal changes of a keyless table are a conflict: were they one or two?
  if (mine === their && (mine === was || !ours!.schema.isKeyless)) return OURS;
  if (was === undefined && (mine === undefined || their === undefined)) {
    return mine === undefined ? { kind: 'theirs', address: their } : OURS;
  }
  if (mine === undefined || their === undefined) {
    if ((mine ?? their) !== was) {
      const changed = ours ?? sides.theirs.table(name)!;
      const isSchemaChanged = !equalSchemas(changed.schema, sides.base.table(name)!.schema);
      return { kind: 'removedAndChanged', isSchemaChanged };
    }
    return mine === undefined ? OURS : { kind: 'theirs', address: undefined };
  }
  if (their === was) return OURS;
  if (mine === was) return { kind: 'theirs', address: their };
  return planOfBoth(name, sides.base.table(name), ours!, sides.theirs.table(name)!);
}

/** Both sides changed or added the table. */
function planOfBoth(name: string, before: Table | undefined, ours: Table, theirs: Table): TablePlan {
  if (before === undefined && !equalButTags(ours.schema, theirs.schema)) {
    throw new UnmergeableError(name, `table with same name '${name}' added in 2 commits can't be merged`);
  }
  const base = before ?? Table.create(ours.store, ours.schema);
  const merged = mergeSchemas(name, base.schema, ours.schema, theirs.schema);
  if (!('schema' in merged)) return { kind: 'schemaConflicts', conflicts: merged.conflicts };
  const { schema, rebuildsIndexes } = merged;
  return { kind: 'rows', base, ours, theirs, schema, rebuildsIndexes };
}
