/**
 * Merges rows of one table cell by cell, into the layout of the merged schema. Cells are compared as values of the merged
 * type, so a change of representation alone (another type, another encoding) is no change.
 *
 * A cell that both sides changed differently is a conflict; so is a row that one side changed and the other removed.
 */
import { DoltError } from '../../base/errors.ts';
import type { NodeStore } from '../../prolly/node-store.ts';
import type { Entry } from '../../prolly/tree-map.ts';
import type { ColumnDefinition, TableSchema } from '../../table/schema.ts';
import { Encoding } from '../../tuple/encoding.ts';
import { compareRanges } from '../../tuple/range.ts';
import { fieldEnd, fieldStart } from '../../tuple/tuple.ts';
import { TupleBuilder } from '../../tuple/tuple-builder.ts';
import type { Value } from '../../tuple/value.ts';
import type { MergeExpressions } from './merge-expressions.ts';
import { mergeJson } from './merge-json.ts';

/** A merged row's value tuple in the merged layout, or what became of the row. */
export type MergedRow = Uint8Array | 'removed' | 'conflict';

/** How rows of one side lie in the merged schema. */
interface Side {
  readonly schema: TableSchema;
  /** Of each stored column of the merged schema, the field of this side's value tuple; -1 where it has none. */
  readonly fields: readonly number[];
  /** Whether a value tuple of this side is one of the merged schema as it is. */
  readonly matches: boolean;
}

export class RowMerger {
  readonly schema: TableSchema;
  readonly ours: Side;
  readonly theirs: Side;
  readonly base: Side;
  readonly #table: string;
  readonly #store: NodeStore;
  readonly #expressions: MergeExpressions | undefined;
  readonly #columns: readonly number[];
  readonly #builder: TupleBuilder;
  /** Of each stored column of the base, its field on our and on their side. */
  readonly #baseColumns: readonly { readonly field: number; readonly ours: number; readonly theirs: number }[];
  readonly #generates: boolean;

  constructor(
    table: string,
    schema: TableSchema,
    base: TableSchema,
    ours: TableSchema,
    theirs: TableSchema,
    store: NodeStore,
    expressions: MergeExpressions | undefined,
  ) {
    this.schema = schema;
    this.#table = table;
    this.#store = store;
    this.#expressions = expressions;
    this.#columns = schema.valueColumns;
    this.#builder = new TupleBuilder(schema.valueDescriptor, store, schema.targetRowSize);
    this.ours = sideOf(schema, ours);
    this.theirs = sideOf(schema, theirs);
    this.base = sideOf(schema, base);
    this.#generates = schema.columns.some(({ generated, virtual }) => generated !== '' && !virtual);
    this.#baseColumns = base.valueColumns.map((position) => ({
      field: base.places[position]!.field,
      ours: fieldOf(ours, base.columns[position]!),
      theirs: fieldOf(theirs, base.columns[position]!),
    }));
    if (schema.isKeyless && !(this.ours.matches && this.theirs.matches && this.base.matches)) {
      throw new DoltError('unsupported', `cannot merge keyless table ${table} with changed columns`);
    }
  }

  /** The value tuple of one side's row in the merged layout. */
  mapped(side: Side, entry: Entry): Uint8Array {
    if (side.matches) return entry.node.value(entry.index);
    const row = this.#row(entry, (i) => this.#cell(side, i, entry));
    const isMissing = this.#columns.map((_, i) => side.fields[i]! < 0);
    this.#compute(row, isMissing);
    return this.#encode(row);
  }

  /** Merges a row that differs from the base on both sides, or whose layouts differ. One of the three may be missing. */
  merge(base: Entry | undefined, ours: Entry | undefined, theirs: Entry | undefined): MergedRow {
    if (this.schema.isKeyless) return 'conflict';
    if (base !== undefined) {
      for (const column of this.#baseColumns) {
        if (this.#dropClashes(column, base, ours, theirs)) return 'conflict';
      }
    }
    if (ours === undefined || theirs === undefined) return 'removed';
    const row = this.#row(ours, () => null);
    for (let i = 0; i < this.#columns.length; i++) {
      const cell = this.#mergeCell(i, base, ours, theirs);
      if (cell === CONFLICT) return 'conflict';
      row[this.#columns[i]!] = cell;
    }
    if (this.#generates) {
      this.#compute(
        row,
        this.#columns.map(() => false),
      );
    }
    return this.#encode(row);
  }

  /** A row in the merged schema's columns, from a value tuple in the merged layout. */
  decode(key: Uint8Array, value: Uint8Array): Value[] {
    const { places, keyDescriptor, valueDescriptor } = this.schema;
    const row = places.map(({ part, field }): Value => {
      if (part === 'key') return keyDescriptor.decode(key, 0, key.length, field, this.#store);
      if (part === 'value') return valueDescriptor.decode(value, 0, value.length, field, this.#store);
      return null;
    });
    this.completeVirtual(row);
    return row;
  }

  /** Computes virtual columns in place. */
  completeVirtual(row: Value[]): void {
    this.schema.columns.forEach(({ virtual }, position) => {
      if (virtual) row[position] = this.#evaluate(position, row);
    });
  }

  /** The positions of NOT NULL columns that are NULL in a value tuple of the merged layout. */
  nulls(value: Uint8Array): number[] {
    const { columns, places } = this.schema;
    return this.#columns.filter(
      (position) => !columns[position]!.nullable && fieldStart(value, 0, value.length, places[position]!.field) < 0,
    );
  }

  /** Whether a column that a side keeps while the other dropped it was changed: the change would be lost. */
  #dropClashes(
    column: { readonly field: number; readonly ours: number; readonly theirs: number },
    base: Entry,
    ours: Entry | undefined,
    theirs: Entry | undefined,
  ): boolean {
    const kept =
      ours === undefined
        ? ({ side: this.theirs, entry: theirs!, field: column.theirs } as const)
        : theirs === undefined
          ? ({ side: this.ours, entry: ours, field: column.ours } as const)
          : column.ours >= 0 === column.theirs >= 0
            ? undefined
            : column.ours >= 0
              ? ({ side: this.ours, entry: ours, field: column.ours } as const)
              : ({ side: this.theirs, entry: theirs, field: column.theirs } as const);
    if (kept === undefined || kept.field < 0) return false;
    const before = decodeField(this.base.schema, base, column.field, this.#store);
    const now = decodeField(kept.side.schema, kept.entry, kept.field, this.#store);
    return !this.#isEqual(kept.side.schema.valueDescriptor.fields[kept.field]!.collation, before, now);
  }

  #mergeCell(i: number, base: Entry | undefined, ours: Entry, theirs: Entry): Value | typeof CONFLICT {
    const position = this.#columns[i]!;
    const column = this.schema.columns[position]!;
    const collation = this.schema.fieldType(position).collation;
    const hasOurs = this.ours.fields[i]! >= 0;
    const hasTheirs = this.theirs.fields[i]! >= 0;
    if (!hasTheirs) return this.#cell(this.ours, i, ours);
    const their = this.#cell(this.theirs, i, theirs);
    if (!hasOurs) return their;
    const mine = this.#cell(this.ours, i, ours);
    // Of values that only compare equal ('a', 'A') the one with the greater bytes, so that the direction does not matter.
    if (this.#isEqual(collation, mine, their)) return this.#isGreater(i, ours, theirs) ? mine : their;
    if (base === undefined || this.base.fields[i]! < 0) return column.generated !== '' ? mine : CONFLICT;
    const before = this.#cell(this.base, i, base);
    if (this.#isEqual(collation, before, mine)) return their;
    if (this.#isEqual(collation, before, their)) return mine;
    if (column.generated !== '') return mine;
    if (column.encoding !== Encoding.jsonAdaptive && column.encoding !== Encoding.jsonAddress) return CONFLICT;
    if (before === null || mine === null || their === null) return CONFLICT;
    return mergeJson(before as string, mine as string, their as string) ?? CONFLICT;
  }

  #isGreater(i: number, ours: Entry, theirs: Entry): boolean {
    const [a, aStart, aEnd] = fieldBytes(ours, this.ours.fields[i]!);
    const [b, bStart, bEnd] = fieldBytes(theirs, this.theirs.fields[i]!);
    return compareRanges(a, aStart, aEnd, b, bStart, bEnd) > 0;
  }

  #isEqual(collation: { compare(a: string, b: string): number } | undefined, a: Value, b: Value): boolean {
    if (a === b) return true;
    if (a === null || b === null) return false;
    if (typeof a === 'string' && typeof b === 'string') return collation !== undefined && collation.compare(a, b) === 0;
    return a instanceof Uint8Array && b instanceof Uint8Array && Buffer.compare(a, b) === 0;
  }

  /** A cell of one side as a value of the merged type; NULL where the side has no such column. */
  #cell(side: Side, i: number, entry: Entry): Value {
    const field = side.fields[i]!;
    if (field < 0) return null;
    const value = decodeField(side.schema, entry, field, this.#store);
    // Of the compatible changes of a type only this one changes values.
    const padded = /^binary\((\d+)\)/i.exec(this.schema.columns[this.#columns[i]!]!.sqlType);
    if (padded === null || !(value instanceof Uint8Array) || value.length >= Number(padded[1])) return value;
    const longer = new Uint8Array(Number(padded[1]));
    longer.set(value);
    return longer;
  }

  /** A row in the merged schema's columns, its key taken from `entry`. */
  #row({ node, index }: Entry, cell: (i: number) => Value): Value[] {
    const { columns, primaryKey, keyDescriptor } = this.schema;
    const row = new Array<Value>(columns.length).fill(null);
    primaryKey.forEach((position, field) => {
      row[position] = keyDescriptor.decode(node.bytes, node.keyStart(index), node.keyEnd(index), field, this.#store);
    });
    this.#columns.forEach((position, i) => {
      row[position] = cell(i);
    });
    return row;
  }

  /** Fills columns that the row's side lacks with their defaults, then computes what is generated. */
  #compute(row: Value[], isMissing: readonly boolean[]): void {
    this.#columns.forEach((position, i) => {
      const { defaultValue, generated } = this.schema.columns[position]!;
      if (isMissing[i] && generated === '' && defaultValue !== '') row[position] = this.#evaluate(position, row);
    });
    this.#columns.forEach((position) => {
      if (this.schema.columns[position]!.generated !== '') row[position] = this.#evaluate(position, row);
    });
  }

  #evaluate(position: number, row: readonly Value[]): Value {
    if (this.#expressions === undefined) {
      const { name } = this.schema.columns[position]!;
      throw new DoltError('unsupported', `merging table ${this.#table} needs the value of column ${name} computed`);
    }
    return this.#expressions.columnValue(this.#table, this.schema, position)(row);
  }

  #encode(row: readonly Value[]): Uint8Array {
    this.#columns.forEach((position) => {
      this.#builder.put(this.schema.places[position]!.field, row[position]!);
    });
    return this.#builder.build();
  }
}

const CONFLICT = Symbol('conflict');

function sideOf(merged: TableSchema, schema: TableSchema): Side {
  const fields = merged.valueColumns.map((position) => fieldOf(schema, merged.columns[position]!));
  const target = merged.valueDescriptor.fields;
  const own = schema.valueDescriptor.fields;
  const matches =
    own.length === target.length &&
    merged.valueColumns.every((position, i) => {
      const { field } = merged.places[position]!;
      const padded = /^binary\(/i.test(merged.columns[position]!.sqlType);
      const from = fields[i]! < 0 ? undefined : schema.valueColumns[fields[i]! - (schema.isKeyless ? 1 : 0)];
      const sameType = from !== undefined && schema.columns[from]!.sqlType === merged.columns[position]!.sqlType;
      return fields[i] === field && own[field]!.encoding === target[field]!.encoding && (sameType || !padded);
    });
  return { schema, fields, matches };
}

/** The field of a side's value tuple that holds a column: by tag, else by name; -1 where there is none. */
function fieldOf(schema: TableSchema, { tag, name }: ColumnDefinition): number {
  const stored = schema.valueColumns;
  const position =
    stored.find((i) => schema.columns[i]!.tag === tag) ?? stored.find((i) => schema.columns[i]!.name === name);
  return position === undefined ? -1 : schema.places[position]!.field;
}

function decodeField(schema: TableSchema, { node, index }: Entry, field: number, store: NodeStore): Value {
  return schema.valueDescriptor.decode(node.bytes, node.valueStart(index), node.valueEnd(index), field, store);
}

function fieldBytes({ node, index }: Entry, field: number): readonly [Uint8Array, number, number] {
  const [start, end] = [node.valueStart(index), node.valueEnd(index)];
  const from = fieldStart(node.bytes, start, end, field);
  return from < 0 ? [node.bytes, 0, 0] : [node.bytes, from, fieldEnd(node.bytes, start, end, field)];
}
