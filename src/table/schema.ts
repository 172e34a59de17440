/**
 * The schema of a table: columns, primary key, indexes, checks. Immutable; `with…` makes another. Column references are
 * positions in `columns`; `sqlType`, defaults and checks are opaque text here (their grammar is SQL's), except for the
 * collation and the scale that encoding needs.
 */

import { DoltError } from '../base/errors.ts';
import type { BlobStore } from '../tuple/blob-store.ts';
import { compareCodePoints } from '../tuple/code-points.ts';
import { type Collation, collationByName, collationOfCharacterSet, defaultCollation } from '../tuple/collation.ts';
import { Encoding, keyEncoding } from '../tuple/encoding.ts';
import type { FieldType } from '../tuple/field-type.ts';
import { DEFAULT_TARGET_SIZE } from '../tuple/tuple-builder.ts';
import { KEYLESS_KEY, TupleDescriptor } from '../tuple/tuple-descriptor.ts';

export interface ColumnDefinition {
  readonly name: string;
  /** Identity across renames and branches (FORMAT.md appendix D). */
  readonly tag: number;
  /** Dolt's type text: `varchar(40) COLLATE utf8mb4_0900_ai_ci` (FORMAT.md §3.10). */
  readonly sqlType: string;
  readonly encoding: Encoding;
  readonly nullable: boolean;
  readonly autoIncrement: boolean;
  /** Normalised text of the default, '' when there is none. */
  readonly defaultValue: string;
  /** Normalised text of ON UPDATE, '' when there is none. */
  readonly onUpdate: string;
  /** Normalised generation expression in parentheses, '' when the column is not generated. */
  readonly generated: string;
  /** Generated, and computed at each read: not stored in rows. */
  readonly virtual: boolean;
  readonly comment: string;
  readonly hidden: boolean;
  /** Made by the engine for an index on an expression; never shown. */
  readonly hiddenSystem?: boolean | undefined;
}

/** A column with what every column has: no default, nothing computed. */
export function newColumn(
  column: Pick<ColumnDefinition, 'name' | 'tag' | 'sqlType' | 'encoding' | 'nullable'>,
): ColumnDefinition {
  const nothing = { defaultValue: '', onUpdate: '', generated: '', comment: '' };
  return { ...column, ...nothing, autoIncrement: false, virtual: false, hidden: false };
}

export interface FullTextDefinition {
  readonly configTable: string;
  readonly positionTable: string;
  readonly documentCountTable: string;
  readonly globalCountTable: string;
  readonly rowCountTable: string;
  readonly keyType: number;
  readonly keyName: string;
  readonly keyPositions: readonly number[];
}

export interface IndexDefinition {
  readonly name: string;
  /** Positions of the indexed columns. */
  readonly columns: readonly number[];
  readonly unique: boolean;
  readonly comment: string;
  /** Made by Dolt itself, for a foreign key. */
  readonly systemDefined: boolean;
  /** In bytes, 0 = whole; one for each column, or empty when none has a prefix. */
  readonly prefixLengths: readonly number[];
  readonly spatial: boolean;
  readonly fullText?: FullTextDefinition | undefined;
  readonly vectorDistance?: number | undefined;
  /** Condition of a partial index, '' when there is none. */
  readonly predicate: string;
}

export interface CheckDefinition {
  readonly name: string;
  readonly expression: string;
  readonly enforced: boolean;
  readonly isNotValid?: boolean;
}

export interface SchemaParts {
  readonly columns: readonly ColumnDefinition[];
  /** Positions of the primary key's columns in key order; empty for a keyless table. */
  readonly primaryKey: readonly number[];
  /** Any order; held sorted by name. */
  readonly indexes: readonly IndexDefinition[];
  /** In creation order. */
  readonly checks: readonly CheckDefinition[];
  /** MySQL's collation id of the table. */
  readonly collation: number;
  readonly comment: string;
  readonly targetRowSize?: number;
  readonly listedKeys?: ListedKeys | undefined;
}

/**
 * By index name, the columns that the schema's message lists as the index's key where these are not `indexKeyColumns`. The
 * original lists others after some changes, and nothing reads them; but they are part of the table's hash. They go with
 * the next change of the schema.
 */
export type ListedKeys = ReadonlyMap<string, readonly number[]>;

/** Where a column of a row is stored. */
export interface FieldPlace {
  /** `none`: virtual. */
  readonly part: 'key' | 'value' | 'none';
  readonly field: number;
}

/** The row id of a keyless table among the columns of an index key. */
export const ROW_ID = -1;

export class TableSchema implements SchemaParts {
  readonly columns: readonly ColumnDefinition[];
  readonly primaryKey: readonly number[];
  /** Sorted by name. */
  readonly indexes: readonly IndexDefinition[];
  readonly checks: readonly CheckDefinition[];
  readonly collation: number;
  readonly comment: string;
  readonly targetRowSize: number;
  readonly listedKeys: ListedKeys | undefined;

  #autoColumn: number | undefined;
  #requiredColumns: readonly number[] | undefined;
  #generatedColumns: readonly number[] | undefined;
  #onUpdateColumns: readonly number[] | undefined;
  #positions: Map<string, number> | undefined;
  #places: readonly FieldPlace[] | undefined;
  #keyDescriptor: TupleDescriptor | undefined;
  #valueDescriptor: TupleDescriptor | undefined;

  constructor(parts: SchemaParts) {
    this.columns = parts.columns;
    this.primaryKey = parts.primaryKey;
    this.indexes = parts.indexes.toSorted((a, b) => compareCodePoints(a.name, b.name));
    this.checks = parts.checks;
    this.collation = parts.collation;
    this.comment = parts.comment;
    this.targetRowSize = parts.targetRowSize ?? DEFAULT_TARGET_SIZE;
    this.listedKeys = parts.listedKeys;
  }

  get isKeyless(): boolean {
    return this.primaryKey.length === 0;
  }

  /** A schema with some parts replaced, and without `listedKeys` where these are not given. */
  with(parts: Partial<SchemaParts>): TableSchema {
    const { columns, primaryKey, indexes, checks, collation, comment, targetRowSize } = this;
    return new TableSchema({ columns, primaryKey, indexes, checks, collation, comment, targetRowSize, ...parts });
  }

  /** Position of the auto-increment column; -1 when there is none. */
  get autoColumn(): number {
    this.#autoColumn ??= this.columns.findIndex(({ autoIncrement }) => autoIncrement);
    return this.#autoColumn;
  }

  /** Positions of the columns that take no NULL. */
  get requiredColumns(): readonly number[] {
    this.#requiredColumns ??= this.columns.flatMap(({ nullable }, i) => (nullable ? [] : [i]));
    return this.#requiredColumns;
  }

  /** Positions of the columns that are computed, stored or not. */
  get generatedColumns(): readonly number[] {
    this.#generatedColumns ??= this.columns.flatMap(({ generated }, i) => (generated === '' ? [] : [i]));
    return this.#generatedColumns;
  }

  /** Positions of the columns that an update sets by itself. */
  get onUpdateColumns(): readonly number[] {
    this.#onUpdateColumns ??= this.columns.flatMap(({ onUpdate }, i) => (onUpdate === '' ? [] : [i]));
    return this.#onUpdateColumns;
  }

  /** Position of a column by name, any case; -1 when there is none. Those that the engine made for itself have no name. */
  columnPosition(name: string): number {
    this.#positions ??= new Map(
      this.columns.flatMap(({ name, hiddenSystem }, i) => (hiddenSystem ? [] : [[name.toLowerCase(), i] as const])),
    );
    return this.#positions.get(name.toLowerCase()) ?? -1;
  }

  /** By name, any case. */
  index(name: string): IndexDefinition | undefined {
    const lower = name.toLowerCase();
    return this.indexes.find((index) => index.name.toLowerCase() === lower);
  }

  /** Of each column, where it is stored in a row of the clustered index. */
  get places(): readonly FieldPlace[] {
    if (this.#places === undefined) {
      let field = this.isKeyless ? 1 : 0;
      this.#places = this.columns.map((column, i): FieldPlace => {
        const key = this.primaryKey.indexOf(i);
        if (key >= 0) return { part: 'key', field: key };
        return column.virtual ? { part: 'none', field: -1 } : { part: 'value', field: field++ };
      });
    }
    return this.#places;
  }

  /** Positions of the columns that a row's value stores, in order. */
  get valueColumns(): readonly number[] {
    return this.columns.flatMap((_, i) => (this.places[i]!.part === 'value' ? [i] : []));
  }

  /** The type of a column as a field of a row's value. */
  fieldType(column: number): FieldType {
    const { encoding, sqlType, nullable } = this.columns[column]!;
    return fieldTypeOf(encoding, sqlType, nullable);
  }

  /** The clustered index's key: primary key columns, or the 128-bit row id of a keyless table. */
  get keyDescriptor(): TupleDescriptor {
    this.#keyDescriptor ??= new TupleDescriptor(
      this.isKeyless
        ? KEYLESS_KEY
        : this.primaryKey.map((i) => {
            const { encoding, sqlType } = this.columns[i]!;
            return fieldTypeOf(keyEncoding(encoding), sqlType, false);
          }),
    );
    return this.#keyDescriptor;
  }

  /** The clustered index's value: for a keyless table the cardinality, then stored columns in table order. */
  get valueDescriptor(): TupleDescriptor {
    if (this.#valueDescriptor === undefined) {
      const stored = this.valueColumns.map((i) => this.fieldType(i));
      this.#valueDescriptor = new TupleDescriptor(this.isKeyless ? [CARDINALITY, ...stored] : stored);
    }
    return this.#valueDescriptor;
  }

  /** Positions of the columns in a secondary index's key: indexed columns, then the primary key's others; -1 is the row id. */
  indexKeyColumns(index: IndexDefinition): readonly number[] {
    if (this.isKeyless) return [...index.columns, ROW_ID];
    return [...index.columns, ...this.primaryKey.filter((column) => !index.columns.includes(column))];
  }

  /** The key descriptor of a secondary index. `blobs` orders out-of-band fields of unique TEXT indexes. */
  indexKeyDescriptor(index: IndexDefinition, blobs?: BlobStore): TupleDescriptor {
    const fields = this.indexKeyColumns(index).map((column, i): FieldType => {
      if (column === ROW_ID) return KEYLESS_KEY[0]!;
      const { encoding, sqlType, nullable } = this.columns[column]!;
      // A long text in a unique index may be out of band, for all of it counts; a full-text index has whole texts, too.
      const whole = (index.unique || index.fullText !== undefined) && (index.prefixLengths[i] ?? 0) === 0;
      return fieldTypeOf(whole ? encoding : keyEncoding(encoding), sqlType, nullable);
    });
    return new TupleDescriptor(fields, blobs);
  }
}

const CARDINALITY: FieldType = { encoding: Encoding.uint64, nullable: false };

/** A field's type from a column's, with the collation and scale that its SQL type names (FORMAT.md §3.10). */
function fieldTypeOf(encoding: Encoding, sqlType: string, nullable: boolean): FieldType {
  switch (encoding) {
    case Encoding.decimal:
      return { encoding, nullable, scale: Number(/\(\s*\d+\s*,\s*(\d+)\s*\)/.exec(sqlType)?.[1] ?? 0) };
    case Encoding.string:
    case Encoding.stringAdaptive:
    case Encoding.stringAddress:
      return { encoding, nullable, collation: collationOfType(sqlType) };
    default:
      return { encoding, nullable };
  }
}

/** The collation of a stored text type: spelt out unless it is the default. */
function collationOfType(sqlType: string): Collation {
  const name = /\bcollate\s+(\w+)/i.exec(sqlType)?.[1];
  const characterSet = /\bcharacter set\s+(\w+)/i.exec(sqlType)?.[1];
  if (name === undefined && characterSet === undefined) return defaultCollation();
  const collation = name === undefined ? collationOfCharacterSet(characterSet!) : collationByName(name);
  if (collation === undefined) throw new DoltError('unsupported', `unknown collation in column type ${sqlType}`);
  return collation;
}
