/**
 * The rules by which types meet: the one type of several values (UNION, CASE, COALESCE), the type in which two values
 * are compared, the number that a value is in arithmetic. Collations are settled by the caller, who knows which side is a
 * column and which a constant.
 */
import {
  BIGINT,
  COMPUTED_JSON,
  DEFAULT_COLLATION,
  type DecimalType,
  DOUBLE,
  decimal,
  type IntegerType,
  isBytes,
  isIntegral,
  isNumeric,
  isStringLike,
  isTemporal,
  isText,
  JSON_TYPE,
  LONGBLOB,
  LONGTEXT,
  MAX_DECIMAL_PRECISION,
  MAX_DECIMAL_SCALE,
  NULL_TYPE,
  type NumericType,
  type SqlType,
  sameType,
  type TemporalType,
  UNSIGNED_BIGINT,
} from './sql-type.ts';

/** Decimal digits that every value of an integral type fits in. */
export function integerDigits(type: SqlType): number {
  switch (type.kind) {
    case 'integer':
      return type.boolean ? 1 : { 8: 3, 16: 5, 24: 8, 32: 10, 64: type.unsigned ? 20 : 19 }[type.bits];
    case 'year':
      return 4;
    default:
      return 20;
  }
}

/** A DECIMAL within MySQL's limits. */
export function boundedDecimal(precision: number, scale: number): DecimalType {
  const boundedScale = Math.min(scale, MAX_DECIMAL_SCALE);
  return decimal(Math.max(1, boundedScale, Math.min(MAX_DECIMAL_PRECISION, precision)), boundedScale);
}

export function decimalOf(type: SqlType): DecimalType {
  return type.kind === 'decimal' ? type : decimal(integerDigits(type), 0);
}

function unifyDecimals(left: DecimalType, right: DecimalType): DecimalType {
  const scale = Math.max(left.scale, right.scale);
  const whole = Math.max(left.precision - left.scale, right.precision - right.scale);
  return boundedDecimal(whole + scale, scale);
}

function unifyIntegers(left: SqlType, right: SqlType): SqlType {
  if (left.kind === 'bit' || right.kind === 'bit') return UNSIGNED_BIGINT;
  const a: IntegerType = left.kind === 'integer' ? left : { kind: 'integer', bits: 16, unsigned: true };
  const b: IntegerType = right.kind === 'integer' ? right : { kind: 'integer', bits: 16, unsigned: true };
  if (a.unsigned === b.unsigned) return plain(a.bits >= b.bits ? a : b);
  const [unsigned, signed] = a.unsigned ? [a, b] : [b, a];
  if (unsigned.bits < signed.bits) return plain(signed);
  if (unsigned.bits === 64) return decimal(20, 0);
  const bits = ({ 8: 16, 16: 24, 24: 32, 32: 64 } as const)[unsigned.bits];
  return { kind: 'integer', bits, unsigned: false };
}

/** Without the mark of a truth value and without a width. */
function plain(type: IntegerType): IntegerType {
  return type.boolean || type.width !== undefined
    ? { kind: 'integer', bits: type.bits, unsigned: type.unsigned }
    : type;
}

function unifyNumbers(left: NumericType, right: NumericType): SqlType {
  if (isIntegral(left) && isIntegral(right)) return unifyIntegers(left, right);
  if (left.kind === 'float' && right.kind === 'float') return left;
  if (left.kind === 'double' || right.kind === 'double' || left.kind === 'float' || right.kind === 'float')
    return DOUBLE;
  return unifyDecimals(decimalOf(left), decimalOf(right));
}

function unifyTemporal(left: TemporalType, right: TemporalType): SqlType {
  const precision = Math.max('precision' in left ? left.precision : 0, 'precision' in right ? right.precision : 0);
  if (left.kind === right.kind) return left.kind === 'date' ? left : { kind: left.kind, precision };
  return { kind: 'datetime', precision };
}

function unifyStrings(left: SqlType, right: SqlType): SqlType {
  if (isBytes(left) || isBytes(right)) {
    if (!isBytes(left) || !isBytes(right) || left.kind === 'blob' || right.kind === 'blob') return LONGBLOB;
    return { kind: 'varbinary', length: Math.max(left.length, right.length) };
  }
  if (isText(left) && isText(right)) {
    const { collation } = left;
    if (left.kind === 'text' || right.kind === 'text') {
      const sizes = ['tiny', 'normal', 'medium', 'long'] as const;
      const size = (type: typeof left) => (type.kind === 'text' ? sizes.indexOf(type.size) : type.length > 63 ? 1 : 0);
      return { kind: 'text', size: sizes[Math.max(size(left), size(right))]!, collation };
    }
    return { kind: 'varchar', length: Math.max(left.length, right.length), collation };
  }
  return { ...LONGTEXT, collation: 'collation' in left ? left.collation : DEFAULT_COLLATION };
}

function unifyPair(left: SqlType, right: SqlType): SqlType {
  if (left.kind === 'null') return right;
  if (right.kind === 'null' || sameType(left, right)) return left;
  if (isNumeric(left) && isNumeric(right)) return unifyNumbers(left, right);
  if (isTemporal(left) && isTemporal(right)) return unifyTemporal(left, right);
  if (left.kind === 'json' && right.kind === 'json') return COMPUTED_JSON;
  if (left.kind === 'geometry' && right.kind === 'geometry') return { kind: 'geometry', shape: 'geometry' };
  if (isStringLike(left) && isStringLike(right)) return unifyStrings(left, right);
  if (isBytes(left) || isBytes(right) || left.kind === 'geometry' || right.kind === 'geometry') return LONGBLOB;
  const text = isText(left) ? left : isText(right) ? right : undefined;
  return text === undefined ? LONGTEXT : { ...LONGTEXT, collation: text.collation };
}

/** The type that UNION, CASE, IF and COALESCE give to values of several types. */
export function unifiedType(types: readonly SqlType[]): SqlType {
  return types.reduce(unifyPair, NULL_TYPE);
}

/** The type in which two values are compared; for text the collation is the left side's. */
export function comparisonType(left: SqlType, right: SqlType): SqlType {
  if (left.kind === 'null') return right;
  if (right.kind === 'null') return left;
  if (left.kind === 'json' || right.kind === 'json') {
    return left.kind === right.kind && sameType(left, right) ? JSON_TYPE : COMPUTED_JSON;
  }
  if (isText(left) && isText(right)) return { ...LONGTEXT, collation: left.collation };
  if (isNumeric(left) && isNumeric(right)) {
    if (isIntegral(left) && isIntegral(right)) return BIGINT;
    if (left.kind === 'double' || right.kind === 'double' || left.kind === 'float' || right.kind === 'float') {
      return left.kind === 'float' && right.kind === 'float' ? left : DOUBLE;
    }
    return decimal(MAX_DECIMAL_PRECISION, Math.max(decimalOf(left).scale, decimalOf(right).scale));
  }
  if (isTemporal(left) || isTemporal(right)) return temporalComparison(left, right);
  // The index of an ENUM and the mask of a SET are what numbers compare with.
  if (isNumeric(left) || isNumeric(right)) {
    const other = isNumeric(left) ? right : left;
    const number = isNumeric(left) ? left : right;
    if ((other.kind === 'enum' || other.kind === 'set') && isIntegral(number)) return BIGINT;
    return DOUBLE;
  }
  if (isBytes(left) || isBytes(right) || left.kind === 'geometry' || right.kind === 'geometry') return LONGBLOB;
  if ((left.kind === 'enum' || left.kind === 'set') && sameType(left, right) && left.kind === 'set') return left;
  const collation = 'collation' in left ? left.collation : 'collation' in right ? right.collation : DEFAULT_COLLATION;
  return { ...LONGTEXT, collation };
}

function temporalComparison(left: SqlType, right: SqlType): SqlType {
  if (isTemporal(left) && isTemporal(right)) {
    if (left.kind === right.kind) return left.kind === 'date' ? left : { kind: left.kind, precision: 6 };
    return { kind: 'datetime', precision: 6 };
  }
  const [temporal, other] = isTemporal(left) ? [left, right] : [right as TemporalType, left];
  if (isStringLike(other)) {
    return temporal.kind === 'time' ? { kind: 'time', precision: 6 } : { kind: 'datetime', precision: 6 };
  }
  return DOUBLE;
}

export type NumericDomain = 'integer' | 'decimal' | 'double';

/** The kind of number that a value is in arithmetic. */
export function numericDomain(type: SqlType): NumericDomain {
  switch (type.kind) {
    case 'integer':
    case 'bit':
    case 'year':
    case 'date':
    case 'null':
      return 'integer';
    case 'decimal':
      return 'decimal';
    case 'time':
    case 'datetime':
    case 'timestamp':
      return type.precision === 0 ? 'integer' : 'decimal';
    case 'binary':
    case 'varbinary':
      return type.hexadecimal ? 'integer' : 'double';
    default:
      return 'double';
  }
}

/** That number as a type: BIGINT (unsigned), a DECIMAL or DOUBLE. */
export function numericType(type: SqlType): SqlType {
  switch (numericDomain(type)) {
    case 'integer': {
      if (type.kind === 'integer') return type;
      return type.kind === 'bit' || type.kind === 'varbinary' || type.kind === 'year' ? UNSIGNED_BIGINT : BIGINT;
    }
    case 'decimal':
      if (type.kind === 'decimal') return type;
      return type.kind === 'time'
        ? decimal(7 + type.precision, type.precision)
        : decimal(14 + (type as { precision: number }).precision, (type as { precision: number }).precision);
    case 'double':
      return DOUBLE;
  }
}
