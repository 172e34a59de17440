/** Geohashes: bits of longitude and latitude in turn, five a character (MySQL manual, "Spatial Geohash Functions"). */
import type { Value } from '../../tuple/value.ts';
import { SqlError, wrongArguments } from '../types/sql-error.ts';
import { DOUBLE, LONGTEXT } from '../types/sql-type.ts';
import { writeGeometry } from '../types/wkb.ts';
import { asDouble, asInteger, asText, count, simple } from './arguments.ts';
import { invalidGeometry } from './geometry.ts';
import { checkedSrid, geometryOf, geometryType } from './geometry-arguments.ts';
import type { ScalarFunction } from './scalar-function.ts';

const ALPHABET = '0123456789bcdefghjkmnpqrstuvwxyz';
const LONGEST = 100;

interface Interval {
  low: number;
  high: number;
}
const middle = ({ low, high }: Interval): number => (low + high) / 2;

function encode(longitude: number, latitude: number, length: number): string {
  const ranges: readonly [Interval, Interval] = [
    { low: -180, high: 180 },
    { low: -90, high: 90 },
  ];
  let text = '';
  for (let bit = 0, code = 0; text.length < length; bit++) {
    const range = ranges[(bit % 2) as 0 | 1];
    const isHigh = (bit % 2 === 0 ? longitude : latitude) >= middle(range);
    code = code * 2 + (isHigh ? 1 : 0);
    if (isHigh) range.low = middle(range);
    else range.high = middle(range);
    if (bit % 5 === 4) {
      text += ALPHABET[code]!;
      code = 0;
    }
  }
  return text;
}

/** The middle of the cell, with as few decimals as say it within the cell. Undefined for what is no geohash. */
function decode(text: string): { readonly longitude: number; readonly latitude: number } | undefined {
  if (text === '') return undefined;
  const ranges: readonly [Interval, Interval] = [
    { low: -180, high: 180 },
    { low: -90, high: 90 },
  ];
  let bit = 0;
  for (const character of text.toLowerCase()) {
    const code = ALPHABET.indexOf(character);
    if (code < 0) return undefined;
    for (let mask = 16; mask > 0; mask >>= 1, bit++) {
      const range = ranges[(bit % 2) as 0 | 1];
      if (code & mask) range.low = middle(range);
      else range.high = middle(range);
    }
  }
  return { longitude: shortest(ranges[0]), latitude: shortest(ranges[1]) };
}

function shortest(range: Interval): number {
  const value = middle(range);
  for (let digits = 0; digits <= 17; digits++) {
    const rounded = Number(value.toFixed(digits));
    if (rounded >= range.low && rounded <= range.high) return rounded + 0;
  }
  return value;
}

function outOfRange(kind: 'Latitude' | 'Longitude', value: number, limit: number): SqlError {
  const numbers = `${value.toFixed(6)} is out of range in function st_geohash. It must be within`;
  return kind === 'Latitude'
    ? new SqlError(3617, '22S03', `${kind} ${numbers} [-${limit}.000000, ${limit}.000000].`)
    : new SqlError(3616, '22S02', `${kind} ${numbers} (-${limit}.000000, ${limit}.000000].`);
}

function hash(longitude: number, latitude: number, length: Value): string {
  const size = count(length);
  if (size < 1 || size > LONGEST) throw wrongArguments('st_geohash');
  if (Math.abs(longitude) > 180) throw outOfRange('Longitude', longitude, 180);
  if (Math.abs(latitude) > 90) throw outOfRange('Latitude', latitude, 90);
  return encode(longitude, latitude, size);
}

const invalidHash = (text: string, name: string) =>
  new SqlError(1411, 'HY000', `Incorrect geohash value: '${text}' for function ${name}`);

function read(text: Value, name: string) {
  const found = decode(text as string);
  if (found === undefined) throw invalidHash(text as string, name);
  return found;
}

export const geohashFunctions: readonly ScalarFunction[] = [
  {
    name: 'st_geohash',
    minArguments: 2,
    maxArguments: 3,
    bind: ([first, second, third]) =>
      third === undefined
        ? {
            type: LONGTEXT,
            args: [first!, asInteger(second!)],
            apply: ([value, length]) => {
              const point = geometryOf(value!, 'st_geohash');
              if (point.shape !== 'point') throw invalidGeometry('st_geohash');
              return hash(...point.position, length!);
            },
          }
        : {
            type: LONGTEXT,
            args: [asDouble(first!), asDouble(second!), asInteger(third)],
            apply: ([longitude, latitude, length]) => hash(longitude as number, latitude as number, length!),
          },
  },
  simple('st_latfromgeohash', [asText], DOUBLE, ([text]) => read(text!, 'st_latfromgeohash').latitude),
  simple('st_longfromgeohash', [asText], DOUBLE, ([text]) => read(text!, 'st_longfromgeohash').longitude),
  simple('st_pointfromgeohash', [asText, asInteger], geometryType('point'), ([text, srid]) => {
    const { longitude, latitude } = read(text!, 'st_pointfromgeohash');
    return writeGeometry({ shape: 'point', position: [longitude, latitude] }, checkedSrid(srid!));
  }),
];
