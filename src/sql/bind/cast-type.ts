/** The types that CAST and CONVERT name. */

import { collationOfCharacterSet } from '../../tuple/collation.ts';
import type { CastType } from '../syntax/ast/expression.ts';
import { unknownCharacterSet } from '../types/sql-error.ts';
import {
  BIGINT,
  type CollationName,
  DATE,
  DEFAULT_COLLATION,
  DOUBLE,
  datetime,
  decimal,
  FLOAT,
  JSON_TYPE,
  LONGBLOB,
  LONGTEXT,
  type SqlType,
  UNSIGNED_BIGINT,
  varbinary,
  varchar,
  YEAR,
} from '../types/sql-type.ts';

/** The collation that text of a character set has by default. Dolt's utf8mb4 is binary. */
export function defaultCollationOf(characterSet: string): CollationName {
  const name = characterSet.toLowerCase();
  if (name === 'utf8mb4') return DEFAULT_COLLATION;
  const collation = collationOfCharacterSet(name);
  if (!collation) throw unknownCharacterSet(characterSet);
  return collation.name;
}

export function castTypeOf(type: CastType): SqlType {
  switch (type.name) {
    case 'binary':
      return type.length === undefined ? LONGBLOB : varbinary(type.length);
    case 'char':
    case 'nchar': {
      if (type.charset === 'binary') return type.length === undefined ? LONGBLOB : varbinary(type.length);
      const collation = type.charset === undefined ? DEFAULT_COLLATION : defaultCollationOf(type.charset);
      return type.length === undefined ? { ...LONGTEXT, collation } : varchar(type.length, collation);
    }
    case 'date':
      return DATE;
    case 'datetime':
      return datetime(type.length ?? 0);
    case 'time':
      return { kind: 'time', precision: type.length ?? 0 };
    case 'decimal':
      return decimal(type.length ?? 10, type.scale ?? 0);
    case 'double':
    case 'real':
      return DOUBLE;
    case 'float':
      return (type.length ?? 0) > 24 ? DOUBLE : FLOAT;
    case 'json':
      return JSON_TYPE;
    case 'signed':
      return BIGINT;
    case 'unsigned':
      return UNSIGNED_BIGINT;
    case 'year':
      return YEAR;
    default:
      return { kind: 'geometry', shape: type.name };
  }
}
