/**
 * Rows in conflict with their three sides, and resolving them: a conflict keeps only the row's key and which roots the
 * base and theirs were, ours is the row as it stands in the table.
 */
import type { Address } from '../base/address.ts';
import { DoltError } from '../base/errors.ts';
import { cardinalityDecoder, decodeRow } from '../table/row-codec.ts';
import type { TableSchema } from '../table/schema.ts';
import type { Table } from '../table/table.ts';
import { type Row, TableEditor } from '../table/table-editor.ts';
import type { Value } from '../tuple/value.ts';
import { type Artifact, ArtifactKind, ArtifactsEditor, artifactsOf } from './artifacts.ts';
import { tryReadCommit } from './commit.ts';
import { RootValue } from './root-value.ts';

/** A row in conflict. */
export interface ConflictRow {
  /** Its key in the clustered index: a tuple. */
  readonly key: Uint8Array;
  /** The commit (or root) that was merged in. */
  readonly theirsAddress: Address;
  /** Each side in the columns of its own schema; undefined where the row is not there. */
  readonly base: Row | undefined;
  readonly ours: Row | undefined;
  readonly theirs: Row | undefined;
  /** How often the row is there on each side: more than once only without a primary key. */
  readonly times: { readonly base: number; readonly ours: number; readonly theirs: number };
}

export interface Conflict extends ConflictRow {
  readonly artifact: Artifact;
}

export interface ConflictSchemas {
  readonly base: TableSchema;
  readonly ours: TableSchema;
  readonly theirs: TableSchema;
}

/** Reads the sides of a table's conflicts; roots are opened once. */
export class ConflictReader {
  readonly #name: string;
  readonly #table: Table;
  readonly #sides = new Map<Address, Table | undefined>();

  constructor(name: string, table: Table) {
    this.#name = name;
    this.#table = table;
  }

  /** The schemas of the three sides, which the first conflict decides; undefined without conflicts. */
  schemas(): ConflictSchemas | undefined {
    const first = artifactsOf(this.#table, [ArtifactKind.conflict]).next();
    if (first.done) return undefined;
    const ours = this.#table.schema;
    const { base, theirs } = first.value;
    return {
      base: (base === undefined ? undefined : this.#side(base)?.schema) ?? ours,
      ours,
      theirs: this.#side(theirs)?.schema ?? ours,
    };
  }

  /** In order of the rows' keys. */
  *conflicts(): Generator<Conflict, void, void> {
    for (const artifact of artifactsOf(this.#table, [ArtifactKind.conflict])) {
      const { base, theirs, rowKey } = artifact;
      const sides = { base: base && this.#side(base), ours: this.#table, theirs: this.#side(theirs) };
      yield { artifact, ...conflictRow(rowKey, theirs, sides) };
    }
  }

  /** The table as it was in a commit or root; undefined where it was not there. */
  #side(address: Address): Table | undefined {
    if (!this.#sides.has(address)) {
      const nodes = this.#table.store;
      const root = tryReadCommit(nodes, address)?.root ?? address;
      this.#sides.set(address, RootValue.read(nodes, root).table(this.#name));
    }
    return this.#sides.get(address);
  }
}

interface ConflictSides {
  readonly base: Table | undefined;
  readonly ours: Table | undefined;
  readonly theirs: Table | undefined;
}

/** Reads what the three sides hold under a key. */
export function conflictRow(key: Uint8Array, theirsAddress: Address, sides: ConflictSides): ConflictRow {
  return {
    key,
    theirsAddress,
    base: rowIn(sides.base, key),
    ours: rowIn(sides.ours, key),
    theirs: rowIn(sides.theirs, key),
    times: {
      base: timesIn(sides.base, key),
      ours: timesIn(sides.ours, key),
      theirs: timesIn(sides.theirs, key),
    },
  };
}

function rowIn(table: Table | undefined, key: Uint8Array): Row | undefined {
  const entry = table?.rows.get(key);
  if (!table || !entry) return undefined;
  const { node, index } = entry;
  return decodeRow(
    table.schema,
    key,
    0,
    key.length,
    node.bytes,
    node.valueStart(index),
    node.valueEnd(index),
    table.store,
  );
}

function timesIn(table: Table | undefined, key: Uint8Array): number {
  const entry = table?.rows.get(key);
  if (!table || !entry) return 0;
  if (!table.schema.isKeyless) return 1;
  const into: Value[] = [];
  cardinalityDecoder(table.schema)(entry.node, entry.index, entry.index + 1, into);
  return Number(into[0]);
}

export type ConflictSide = 'ours' | 'theirs';

/**
 * The table with its conflicts resolved, all to one side. Throws `conflict` when that side's columns are not the
 * table's any more.
 */
export function resolveConflicts(name: string, table: Table, side: ConflictSide): Table {
  const reader = new ConflictReader(name, table);
  const schemas = reader.schemas();
  if (!schemas) return table;
  if (!sameColumns(schemas[side], table.schema)) {
    throw new DoltError(
      'conflict',
      "the conflict schema's columns are not equal to the current schema's columns, please resolve manually",
    );
  }
  const artifacts = new ArtifactsEditor(table);
  const rows = new TableEditor(table);
  for (const conflict of reader.conflicts()) {
    artifacts.remove(conflict.artifact.key);
    if (side === 'theirs') takeTheirs(rows, table.schema, conflict);
  }
  const resolved = side === 'theirs' ? rows.finish() : table;
  return resolved.with({ artifacts: artifacts.finish() });
}

function takeTheirs(rows: TableEditor, schema: TableSchema, { ours, theirs, times }: Conflict): void {
  if (schema.isKeyless) {
    for (let i = times.theirs; i < times.ours; i++) rows.delete(ours!);
    for (let i = times.ours; i < times.theirs; i++) rows.insert(theirs!);
    return;
  }
  if (ours && theirs) rows.update(ours, theirs);
  else if (ours) rows.delete(ours);
  else if (theirs) rows.insert(theirs);
}

function sameColumns(a: TableSchema, b: TableSchema): boolean {
  return (
    a.columns.length === b.columns.length &&
    a.columns.every(({ tag, name, encoding }, i) => {
      const other = b.columns[i]!;
      return tag === other.tag && name === other.name && encoding === other.encoding;
    })
  );
}
