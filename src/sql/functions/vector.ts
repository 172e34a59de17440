/** Vectors of 32-bit floats, which Dolt keeps as bytes (its documentation, "Vectors"; MySQL 9 has the same functions). */
import type { Value } from '../../tuple/value.ts';
import type { Expression } from '../expressions/expression.ts';
import { jsonMember } from '../types/convert-other.ts';
import { type JsonValue, parseJson } from '../types/json-value.ts';
import { formatDouble } from '../types/number-text.ts';
import { SqlError, wrongArguments } from '../types/sql-error.ts';
import { DOUBLE, isBytes, LONGBLOB, LONGTEXT } from '../types/sql-type.ts';
import { asBytes, asText, simple } from './arguments.ts';
import type { ScalarFunction, Signature } from './scalar-function.ts';

const noVector = (reason: string) =>
  new SqlError(1105, 'HY000', `data cannot be converted to a valid vector: ${reason}`);

function floatsOfJson(document: JsonValue): Float32Array {
  if (!Array.isArray(document)) throw noVector('a JSON array is wanted');
  return Float32Array.from(document, (item) => {
    const number = typeof item === 'bigint' ? Number(item) : item;
    if (typeof number !== 'number' || !Number.isFinite(Math.fround(number))) throw noVector(JSON.stringify(number));
    return number;
  });
}

function floatsOfBytes(bytes: Uint8Array): Float32Array {
  if (bytes.length === 0 || bytes.length % 4 !== 0) throw noVector(`${bytes.length} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float32Array.from({ length: bytes.length / 4 }, (_, at) => view.getFloat32(at * 4, true));
}

/** A vector is bytes, a JSON array or its text. */
function floatReader({ type }: Expression): (value: Value) => Float32Array {
  if (isBytes(type)) return (value) => floatsOfBytes(value as Uint8Array);
  if (type.kind === 'json') {
    const read = jsonMember(type);
    return (value) => floatsOfJson(read(value));
  }
  return (value) => floatsOfJson(parseJson(value as string, 'text'));
}

const asVector = (argument: Expression): Expression =>
  isBytes(argument.type) || argument.type.kind === 'json' ? argument : asText(argument);

type Measure = (left: Float32Array, right: Float32Array) => number;

const squared: Measure = (left, right) =>
  left.reduce((sum, value, at) => sum + Math.fround(value - right[at]!) ** 2, 0);
const euclidean: Measure = (left, right) => Math.sqrt(squared(left, right));
const cosine: Measure = (left, right) => {
  const product = (a: Float32Array, b: Float32Array) =>
    a.reduce((sum, value, at) => sum + Math.fround(value * b[at]!), 0);
  const size = Math.sqrt(product(left, left)) * Math.sqrt(product(right, right));
  return size === 0 ? 0 : 1 - product(left, right) / size;
};

function measured(left: Float32Array, right: Float32Array, measure: Measure): number {
  if (left.length !== right.length) {
    throw new SqlError(
      1105,
      'HY000',
      `attempting to find distance between vectors of different lengths: ${left.length} vs ${right.length}`,
    );
  }
  return measure(left, right);
}

function distance(name: string, measure: Measure, aliases: readonly string[] = []): ScalarFunction {
  return {
    name,
    aliases,
    minArguments: 2,
    maxArguments: 2,
    bind(given): Signature {
      const args = given.map(asVector);
      const [left, right] = args.map(floatReader);
      return { type: DOUBLE, args, apply: ([a, b]) => measured(left!(a!), right!(b!), measure) };
    },
  };
}

const MEASURES: Readonly<Record<string, Measure>> = { L2_SQUARED: squared, EUCLIDEAN: euclidean, COSINE: cosine };

export const vectorFunctions: readonly ScalarFunction[] = [
  {
    name: 'string_to_vector',
    aliases: ['to_vector', 'vec_fromtext'],
    minArguments: 1,
    maxArguments: 1,
    bind([given]): Signature {
      const argument = asVector(given!);
      const read = floatReader(argument);
      return {
        type: LONGBLOB,
        args: [argument],
        apply: ([value]) => {
          const floats = read(value!);
          const bytes = new DataView(new ArrayBuffer(floats.length * 4));
          floats.forEach((float, at) => {
            bytes.setFloat32(at * 4, float, true);
          });
          return new Uint8Array(bytes.buffer);
        },
      };
    },
  },
  simple(
    'vector_to_string',
    [asBytes],
    LONGTEXT,
    ([bytes]) => `[${Array.from(floatsOfBytes(bytes as Uint8Array), (float) => formatDouble(float, true)).join(', ')}]`,
    { aliases: ['from_vector', 'vec_totext'] },
  ),
  distance('vec_distance_l2_squared', squared, ['vec_distance']),
  distance('vec_distance_euclidean', euclidean),
  distance('vec_distance_cosine', cosine),
  {
    name: 'distance',
    minArguments: 3,
    maxArguments: 3,
    bind([first, second, kind]): Signature {
      const args = [asVector(first!), asVector(second!), asText(kind!)];
      const [left, right] = args.map(floatReader);
      return {
        type: DOUBLE,
        args,
        apply: ([a, b, name]) => {
          const measure = MEASURES[(name as string).toUpperCase()];
          if (measure === undefined) throw wrongArguments('distance');
          return measured(left!(a!), right!(b!), measure);
        },
      };
    },
  },
];
