/**
 * Values from one type to another. The conversion is chosen once for a pair of types and a mode; what it returns is a
 * value of the target type or NULL. NULL stays NULL and never reaches a conversion.
 */
import type { Value } from '../../tuple/value.ts';
import { charsetOf } from './charset-bytes.ts';
import { toBit, toDecimal, toDouble, toInteger, toYear } from './convert-number.ts';
import { toEnum, toGeometry, toJson, toSet } from './convert-other.ts';
import { toDate, toDatetime, toTime } from './convert-temporal.ts';
import { toBytes, toText } from './convert-text.ts';
import { isText, type SqlType, sameType } from './sql-type.ts';

/**
 * - `implicit`: a coercion inside an expression: never fails, warns;
 * - `cast`: CAST/CONVERT that the user wrote: clamps and truncates with a warning, bad temporal text gives NULL;
 * - `strict`: storing under STRICT_TRANS_TABLES: what does not fit is an error;
 * - `lenient`: storing without strict mode, or with IGNORE: what does not fit is cut to fit, with a warning.
 */
export type ConvertMode = 'implicit' | 'cast' | 'strict' | 'lenient';

export interface ConvertScene {
  /** Column and row (from 1) that messages name. */
  column?: string;
  row?: number;
  /** Upper-case sql_mode flags that matter: NO_ZERO_DATE. */
  sqlMode?: ReadonlySet<string>;
  /** Day number since 1970-01-01 that a TIME is on when it becomes a DATETIME. */
  today?(): number;
  warn?(warning: { level: 'Note' | 'Warning' | 'Error'; code: number; message: string }): void;
}

/** A conversion chosen once; the value is not NULL. Throws SqlError in strict mode. */
export type Convert = (value: Value, scene: ConvertScene) => Value;

const identity: Convert = (value) => value;

/** Whether every value of `from` is already a value of `to` as it stands. */
export function isIdentity(from: SqlType, to: SqlType): boolean {
  if (from.kind === 'null' || sameType(from, to)) return true;
  switch (to.kind) {
    case 'integer':
      if (from.kind === 'year') return to.bits >= 16;
      return (
        from.kind === 'integer' &&
        (from.unsigned === to.unsigned ? from.bits <= to.bits : from.unsigned && from.bits < to.bits)
      );
    case 'double':
      return from.kind === 'float';
    case 'decimal':
      return from.kind === 'decimal' && from.scale === to.scale && from.precision <= to.precision;
    case 'datetime':
      return (from.kind === 'datetime' || from.kind === 'timestamp') && from.precision <= to.precision;
    case 'timestamp':
      return from.kind === 'timestamp' && from.precision <= to.precision;
    case 'time':
      return from.kind === 'time' && from.precision <= to.precision;
    case 'varchar':
      return (from.kind === 'varchar' || from.kind === 'char') && from.length <= to.length;
    case 'text':
      if (to.size === 'long') return from.kind === 'varchar' || from.kind === 'char' || from.kind === 'text';
      return from.kind === 'text' && from.size === to.size;
    case 'varbinary':
      return (from.kind === 'varbinary' || from.kind === 'binary') && from.length <= to.length && !to.hexadecimal;
    case 'blob':
      return (
        (to.size === 'long' && (from.kind === 'varbinary' || from.kind === 'binary')) ||
        (from.kind === 'blob' && (to.size === 'long' || to.size === from.size))
      );
    case 'geometry':
      return from.kind === 'geometry' && to.srid === undefined && (to.shape === 'geometry' || to.shape === from.shape);
    default:
      return false;
  }
}

export function conversion(from: SqlType, to: SqlType, mode: ConvertMode): Convert {
  if (isIdentity(from, to) && !(mode === 'cast' && isText(to) && charsetOf(to.collation) !== undefined))
    return identity;
  switch (to.kind) {
    case 'integer':
      return toInteger(from, to, mode);
    case 'float':
    case 'double':
      return toDouble(from, to, mode);
    case 'decimal':
      return toDecimal(from, to, mode);
    case 'bit':
      return toBit(from, to, mode);
    case 'year':
      return toYear(from, mode);
    case 'date':
      return toDate(from, mode);
    case 'time':
      return toTime(from, to, mode);
    case 'datetime':
    case 'timestamp':
      return toDatetime(from, to, mode);
    case 'char':
    case 'varchar':
    case 'text':
      return toText(from, to, mode);
    case 'binary':
    case 'varbinary':
    case 'blob':
      return toBytes(from, to, mode);
    case 'enum':
      return toEnum(from, to, mode);
    case 'set':
      return toSet(from, to, mode);
    case 'json':
      return toJson(from, to, mode);
    case 'geometry':
      return toGeometry(from, to);
    case 'null':
      return () => null;
  }
}

const cache = new WeakMap<SqlType, WeakMap<SqlType, Partial<Record<ConvertMode, Convert>>>>();

/** One value. For many of the same types keep `conversion`'s result. */
export function convertTo(
  value: Value,
  from: SqlType,
  to: SqlType,
  mode: ConvertMode,
  scene: ConvertScene = {},
): Value {
  if (value === null || from === to) return value;
  let byTarget = cache.get(from);
  if (byTarget === undefined) {
    byTarget = new WeakMap();
    cache.set(from, byTarget);
  }
  let byMode = byTarget.get(to);
  if (byMode === undefined) {
    byMode = {};
    byTarget.set(to, byMode);
  }
  byMode[mode] ??= conversion(from, to, mode);
  return (byMode[mode] as Convert)(value, scene);
}
