/**
 * The three-way merge of two roots: tables, schemas, rows cell by cell, foreign keys. Conflicts and violations become
 * artifacts of the merged tables; tables whose schemas conflict stay as ours and are named.
 *
 * Tables are matched by name, so a renamed table is one that went and another that came.
 */
import type { Address } from '../../base/address.ts';
import { DoltError } from '../../base/errors.ts';
import { Table } from '../../table/table.ts';
import { collationById } from '../../tuple/collation.ts';
import { countArtifacts } from '../artifacts.ts';
import type { RootValue } from '../root-value.ts';
import type { Steps } from '../steps.ts';
import { recordForeignKeyViolations } from './foreign-key-violations.ts';
import { UnmergeableError } from './merge-error.ts';
import type { MergeExpressions } from './merge-expressions.ts';
import { mergeForeignKeys } from './merge-foreign-keys.ts';
import { equalSchemas, mergeSchemas } from './merge-schema.ts';
import { mergeTables } from './merge-table.ts';

export interface RootMergeInput {
  readonly base: RootValue;
  readonly ours: RootValue;
  readonly theirs: RootValue;
  /**
   * The commit (or root) that `theirs` and `base` are of: recorded with each conflict, so that its three sides can be
   * read later.
   */
  readonly theirsAddress: Address;
  readonly baseAddress: Address;
  /** Needed where new columns have defaults, columns are generated, or checks may be violated. */
  readonly expressions?: MergeExpressions | undefined;
}

export interface RootMergeResult {
  /** With conflicts and violations as artifacts of its tables. */
  readonly root: RootValue;
  /** Tables whose schemas could not be merged, in order of their names; they are in `root` as in ours. */
  readonly schemaConflicts: readonly { readonly table: string; readonly description: string }[];
  /** Rows in conflict, by table. */
  readonly conflicts: ReadonlyMap<string, number>;
  /** Rows that violate constraints, by table. */
  readonly violations: ReadonlyMap<string, number>;
}

/** Throws `UnmergeableError` (a `conflict`) where the two cannot be merged at all. */
// biome-ignore lint/correctness/useYield: it never waits
export function* mergeRoots(input: RootMergeInput): Steps<RootMergeResult> {
  const { base, ours, theirs } = input;
  const schemaConflicts: { table: string; description: string }[] = [];
  const edits = new Map<string, Table | Address | undefined>();
  for (const name of new Set([...ours.tableNames(), ...theirs.tableNames()])) {
    const merged = mergeNamed(name, input);
    if (merged.kind === 'conflict') schemaConflicts.push({ table: name, description: merged.description });
    else if (merged.kind === 'changed') edits.set(name, merged.table);
  }
  const collated = ours.withCollation(mergedCollation(base, ours, theirs));
  const tables = collated.withTables(edits);
  const linked = tables.withForeignKeys(mergeForeignKeys(base, ours, theirs, tables));
  const root = recordForeignKeyViolations(base, linked, input.theirsAddress);
  const conflicts = new Map<string, number>();
  const violations = new Map<string, number>();
  for (const name of root.tableNames()) {
    // A table that is the same as ours has nothing new to report, but keeps reporting what is still open.
    const counts = countArtifacts(root.table(name)!);
    if (counts.conflicts > 0) conflicts.set(name, counts.conflicts);
    if (counts.violations > 0) violations.set(name, counts.violations);
  }
  return { root, schemaConflicts, conflicts, violations };
}

/** What becomes of a table. */
type NamedResult =
  | { readonly kind: 'ours' }
  /** An undefined table goes. */
  | { readonly kind: 'changed'; readonly table: Table | Address | undefined }
  | { readonly kind: 'conflict'; readonly description: string };

const OURS: NamedResult = { kind: 'ours' };

function mergeNamed(name: string, input: RootMergeInput): NamedResult {
  const [was, mine, their] = [input.base, input.ours, input.theirs].map((root) => root.tableAddress(name));
  if (mine === undefined && their === undefined) return OURS;
  const ours = mine === undefined ? undefined : input.ours.table(name)!;
  // Equal changes of a keyless table are a conflict: were they one or two?
  if (mine === their && (mine === was || !ours!.schema.isKeyless)) return OURS;
  if (was === undefined && (mine === undefined || their === undefined)) {
    return mine === undefined ? { kind: 'changed', table: their } : OURS;
  }
  if (mine === undefined || their === undefined) {
    if ((mine ?? their) !== was) {
      return { kind: 'conflict', description: 'table was modified in one branch and deleted in the other' };
    }
    return mine === undefined ? OURS : { kind: 'changed', table: undefined };
  }
  if (their === was) return OURS;
  if (mine === was) return { kind: 'changed', table: their };
  return mergeChanged(name, input, ours!, input.theirs.table(name)!);
}

/** Both sides changed or added the table. */
function mergeChanged(name: string, input: RootMergeInput, ours: Table, theirs: Table): NamedResult {
  const before = input.base.table(name);
  if (before === undefined && !equalSchemas(ours.schema, theirs.schema)) {
    throw new UnmergeableError(name, `table with same name '${name}' added in 2 commits can't be merged`);
  }
  const base = before ?? Table.create(ours.store, ours.schema);
  const merged = mergeSchemas(name, base.schema, ours.schema, theirs.schema);
  if (merged.conflicts.length > 0) return { kind: 'conflict', description: merged.conflicts.join('\n') };
  if (!('schema' in merged)) throw new TypeError('a merged schema without conflicts is there');
  const { schema, rebuildsIndexes } = merged;
  if (schema.indexes.some(({ fullText }) => fullText !== undefined)) {
    throw new DoltError(
      'unsupported',
      `table ${name} has a full-text index: it cannot be merged when both sides changed`,
    );
  }
  const { baseAddress, theirsAddress, expressions } = input;
  return {
    kind: 'changed',
    table: mergeTables({
      name,
      base,
      ours,
      theirs,
      schema,
      rebuildsIndexes,
      baseAddress,
      theirsAddress,
      expressions,
    }),
  };
}

function mergedCollation(base: RootValue, ours: RootValue, theirs: RootValue): number {
  if (ours.collation === theirs.collation || theirs.collation === base.collation) return ours.collation;
  if (ours.collation === base.collation) return theirs.collation;
  const name = (id: number) => collationById(id)?.name ?? String(id);
  throw new DoltError(
    'conflict',
    `database collation conflict, please resolve manually. ours: ${name(ours.collation)}, theirs: ${name(theirs.collation)}`,
  );
}
