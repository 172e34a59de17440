/** The syntax of a column's type. */
import type { GeometryShape } from '../../types/sql-type.ts';
import type { Node } from './node.ts';

/**
 * A column's type as written, aliases resolved to MySQL's name: INTEGER, INT4 → `int`, BOOL → `tinyint` of length 1,
 * DEC, NUMERIC → `decimal`, DOUBLE PRECISION, REAL → `double`, CHARACTER VARYING → `varchar`, LONG → `mediumtext`,
 * SERIAL → `bigint` unsigned with `serial`. Defaults are not filled in.
 */
export interface DataType extends Node {
  readonly name: DataTypeName;
  /** Length, display width, precision, or fraction digits of times. */
  readonly length?: number;
  /** Of decimal, float, double. */
  readonly scale?: number;
  readonly unsigned?: boolean;
  readonly zerofill?: boolean;
  readonly charset?: string;
  readonly collation?: string;
  /** `CHAR(5) BINARY`: the `_bin` collation of the character set. */
  readonly binary?: boolean;
  /** Of enum and set. */
  readonly members?: readonly string[];
  readonly srid?: number;
  /** Implies NOT NULL AUTO_INCREMENT UNIQUE. */
  readonly serial?: boolean;
}

export type DataTypeName =
  | 'tinyint'
  | 'smallint'
  | 'mediumint'
  | 'int'
  | 'bigint'
  | 'decimal'
  | 'float'
  | 'double'
  | 'bit'
  | 'year'
  | 'date'
  | 'time'
  | 'datetime'
  | 'timestamp'
  | 'char'
  | 'varchar'
  | 'binary'
  | 'varbinary'
  | 'tinytext'
  | 'text'
  | 'mediumtext'
  | 'longtext'
  | 'tinyblob'
  | 'blob'
  | 'mediumblob'
  | 'longblob'
  | 'enum'
  | 'set'
  | 'json'
  | 'vector'
  | GeometryShape;
