/**
 * The schema of a table: columns, primary key, indexes, checks. Immutable; `with…` makes another. Column references are
 * positions in `columns`; `sqlType`, defaults and checks are opaque text here (their grammar is SQL's), except for the
 * collation and the scale that encoding needs.
 */

import { AssertionError } from '../base/errors.ts';
import type { BlobStore } from '../tuple/blob-store.ts';
import type { Encoding } from '../tuple/encoding.ts';
import type { FieldType } from '../tuple/field-type.ts';
import { DEFAULT_TARGET_SIZE } from '../tuple/tuple-builder.ts';
import type { TupleDescriptor } from '../tuple/tuple-descriptor.ts';

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
}

/** Where a column of a row is stored. */
export interface FieldPlace {
  /** `none`: virtual. */
  readonly part: 'key' | 'value' | 'none';
  readonly field: number;
}

export class TableSchema implements SchemaParts {
  readonly columns: readonly ColumnDefinition[];
  readonly primaryKey: readonly number[];
  readonly indexes: readonly IndexDefinition[];
  readonly checks: readonly CheckDefinition[];
  readonly collation: number;
  readonly comment: string;
  readonly targetRowSize: number;

  constructor(parts: SchemaParts) {
    this.columns = parts.columns;
    this.primaryKey = parts.primaryKey;
    this.indexes = parts.indexes;
    this.checks = parts.checks;
    this.collation = parts.collation;
    this.comment = parts.comment;
    this.targetRowSize = parts.targetRowSize ?? DEFAULT_TARGET_SIZE;
  }

  get isKeyless(): boolean {
    return this.primaryKey.length === 0;
  }

  /** A schema with some parts replaced. */
  with(parts: Partial<SchemaParts>): TableSchema {
    return new TableSchema({ ...this, ...parts });
  }

  /** Position of a column by name, any case; -1 when there is none. */
  columnPosition(_name: string): number {
    throw new AssertionError('not built');
  }

  /** By name, any case. */
  index(_name: string): IndexDefinition | undefined {
    throw new AssertionError('not built');
  }

  /** Of each column, where it is stored in a row of the clustered index. */
  get places(): readonly FieldPlace[] {
    throw new AssertionError('not built');
  }

  /** The type of a column as a field of a row's value. */
  fieldType(_column: number): FieldType {
    throw new AssertionError('not built');
  }

  /** The clustered index's key: primary key columns, or the 128-bit row id of a keyless table. */
  get keyDescriptor(): TupleDescriptor {
    throw new AssertionError('not built');
  }

  /** The clustered index's value: for a keyless table the cardinality, then stored columns in table order. */
  get valueDescriptor(): TupleDescriptor {
    throw new AssertionError('not built');
  }

  /** Positions of the columns in a secondary index's key: indexed columns, then the primary key's others; -1 is the row id. */
  indexKeyColumns(_index: IndexDefinition): readonly number[] {
    throw new AssertionError('not built');
  }

  /** The key descriptor of a secondary index. `blobs` orders out-of-band fields of unique TEXT indexes. */
  indexKeyDescriptor(_index: IndexDefinition, _blobs?: BlobStore): TupleDescriptor {
    throw new AssertionError('not built');
  }
}
