/** WEIGHT_STRING: what a collation compares, as MySQL shows it (manual, "String Functions and Operators"). */
import { collationByName } from '../../tuple/collation.ts';
import type { Value } from '../../tuple/value.ts';
import { hasWeightStrings, weightStrings } from '../../tuple/weight-string.ts';
import type { Expression } from '../expressions/expression.ts';
import { charsetOf } from '../types/charset-bytes.ts';
import { notSupported } from '../types/sql-error.ts';
import { type CollationName, isBytes, isNumeric, isText, LONGBLOB } from '../types/sql-type.ts';
import { asInteger, asText, count } from './arguments.ts';
import type { ScalarFunction, Signature } from './scalar-function.ts';

/** The weights of a text; undefined for a collation whose weights are not known. */
type Weigh = (text: string) => Uint8Array;

function weigherOf(collation: CollationName): Weigh | undefined {
  switch (collation) {
    case 'utf8mb4_bin':
      return (text) => codePoints(text, 3);
    case 'utf8mb3_bin':
      return (text) => codePoints(text, 2);
    case 'utf8mb4_0900_bin':
    case 'latin1_bin':
    case 'ascii_bin':
    case 'binary':
      return (text) => charsetOf(collation)?.encode(text) ?? new Uint8Array(Buffer.from(text));
    default: {
      if (!hasWeightStrings(collation)) return undefined;
      return (text) => {
        const weights = weightStrings(collation);
        return bytesOf(weights.of(text), weights.bytesEach);
      };
    }
  }
}

function codePoints(text: string, bytesEach: number): Uint8Array {
  const points = Array.from(text, (character) => character.codePointAt(0)!);
  return bytesOf(points, bytesEach);
}

function bytesOf(values: readonly number[], bytesEach: number): Uint8Array {
  const bytes = Buffer.alloc(values.length * bytesEach);
  values.forEach((value, i) => {
    bytes.writeUIntBE(value, i * bytesEach, bytesEach);
  });
  return new Uint8Array(bytes);
}

/** As AS CHAR(n) has it: n characters, with blanks where the collation's comparisons add them. */
function fitted(text: string, length: number, padSpace: boolean): string {
  const characters = Array.from(text);
  if (characters.length >= length) return characters.slice(0, length).join('');
  return padSpace ? text + ' '.repeat(length - characters.length) : text;
}

function bind([operand, length]: readonly Expression[]): Signature {
  const given = operand!;
  const lengths = length === undefined ? [] : [asInteger(length)];
  const type = LONGBLOB;
  if (isNumeric(given.type)) return { type, nullable: true, apply: () => null };
  if (isBytes(given.type)) {
    return {
      type,
      args: [given, ...lengths],
      apply: ([bytes, size]) => (size === undefined ? bytes! : padded(bytes as Uint8Array, count(size))),
    };
  }
  const text = asText(given);
  const name = isText(text.type) ? text.type.collation : 'binary';
  const weigh = weigherOf(name);
  if (weigh === undefined) throw notSupported(`WEIGHT_STRING of ${name}`);
  const padSpace = collationByName(name)?.padSpace === true;
  return {
    type,
    args: [text, ...lengths],
    apply: ([value, size]): Value =>
      weigh(size === undefined ? (value as string) : fitted(value as string, count(size), padSpace)),
  };
}

function padded(bytes: Uint8Array, length: number): Uint8Array {
  const fit = new Uint8Array(length);
  fit.set(bytes.subarray(0, length));
  return fit;
}

/** `WEIGHT_STRING(text AS CHAR(n))` has the length as its second argument, `AS BINARY(n)` is a cast of the first. */
export const weightStringFunction: ScalarFunction = { name: 'weight_string', minArguments: 1, maxArguments: 2, bind };
