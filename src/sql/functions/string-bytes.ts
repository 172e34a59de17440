/** What strings are made of: lengths, codes, bytes and their notations, character sets (MySQL manual, "String Functions"). */
import { collationByName } from '../../tuple/collation.ts';
import type { Integer, Value } from '../../tuple/value.ts';
import type { Expression } from '../expressions/expression.ts';
import { charsetOf } from '../types/charset-bytes.ts';
import { textReader } from '../types/convert-text.ts';
import { rescale } from '../types/decimal.ts';
import { integerOfDouble, unsignedBits } from '../types/integer.ts';
import {
  BIGINT,
  collationOf,
  INT,
  isBytes,
  isNumeric,
  isText,
  LONGBLOB,
  type SqlType,
  UNSIGNED_BIGINT,
} from '../types/sql-type.ts';
import { asBytes, asInteger, asIs, asText, simple, TEXT_RESULT } from './arguments.ts';
import { conv } from './numeric.ts';
import type { ScalarFunction } from './scalar-function.ts';
import { lengthOf } from './text.ts';

function hexOf(type: SqlType): (value: Value) => string {
  if (isNumeric(type)) {
    if (type.kind === 'decimal') {
      return (value) =>
        unsignedBits(rescale(value as Integer, type.scale, 0))
          .toString(16)
          .toUpperCase();
    }
    if (type.kind === 'float' || type.kind === 'double') {
      return (value) =>
        unsignedBits(integerOfDouble(value as number))
          .toString(16)
          .toUpperCase();
    }
    return (value) =>
      unsignedBits(value as Integer)
        .toString(16)
        .toUpperCase();
  }
  if (isBytes(type) || type.kind === 'geometry')
    return (value) =>
      Buffer.from(value as Uint8Array)
        .toString('hex')
        .toUpperCase();
  const bytesOf = encoder(type);
  return (value) => Buffer.from(bytesOf(value)).toString('hex').toUpperCase();
}

/** The bytes of a value's text in its character set. */
function encoder(type: SqlType): (value: Value) => Uint8Array {
  const read = textReader(type);
  const collation = collationOf(type);
  const charset = collation === undefined ? undefined : charsetOf(collation);
  return charset === undefined ? (value) => Buffer.from(read(value)) : (value) => charset.encode(read(value));
}

/** LENGTH and BIT_LENGTH, in units of which a byte has `units`. */
function lengthIn(name: string, units: number, aliases: readonly string[]): ScalarFunction {
  return {
    name,
    aliases,
    minArguments: 1,
    maxArguments: 1,
    bind: ([given]) => {
      const subject = asLengthy(given!);
      const charset = isText(subject.type) ? charsetOf(subject.type.collation) : undefined;
      const size = charset === undefined ? byteLength : (value: Value) => charset.encode(value as string).length;
      return { type: INT, args: [subject], apply: ([value]) => size(value!) * units };
    },
  };
}

/** The first character's bytes as a number. */
const ord: ScalarFunction = {
  name: 'ord',
  minArguments: 1,
  maxArguments: 1,
  bind: ([given]) => {
    const subject = asText(given!);
    const bytesOf = encoder(subject.type);
    return {
      type: BIGINT,
      args: [subject],
      apply: ([text]) => {
        const [first] = text as string;
        return first === undefined ? 0 : Number(`0x${Buffer.from(bytesOf(first)).toString('hex')}`);
      },
    };
  },
};

const char: ScalarFunction = {
  name: 'char',
  minArguments: 1,
  maxArguments: Number.POSITIVE_INFINITY,
  bind(given) {
    return {
      type: LONGBLOB,
      args: given.map(asInteger),
      nullable: false,
      handlesNull: true,
      apply: (args) => {
        const bytes: number[] = [];
        for (const value of args) {
          if (value === null) continue;
          let rest = Number(BigInt.asUintN(32, BigInt(value as Integer)));
          const own: number[] = [];
          do {
            own.unshift(rest & 0xff);
            rest = Math.floor(rest / 256);
          } while (rest > 0);
          bytes.push(...own);
        }
        return Uint8Array.from(bytes);
      },
    };
  },
};

function asLengthy(argument: Expression): Expression {
  return isBytes(argument.type) ? argument : asText(argument);
}

function byteLength(value: Value): number {
  return typeof value === 'string' ? Buffer.byteLength(value) : (value as Uint8Array).length;
}

export const stringByteFunctions: readonly ScalarFunction[] = [
  char,
  simple('char_length', [asText], INT, ([text]) => lengthOf(text as string), { aliases: ['character_length'] }),
  lengthIn('length', 1, ['octet_length']),
  lengthIn('bit_length', 8, []),
  simple('ascii', [asBytes], INT, ([bytes]) => (bytes as Uint8Array)[0] ?? 0),
  ord,
  simple('bin', [asText], TEXT_RESULT, ([text]) => conv(text as string, 10, 2), { nullable: true }),
  simple('oct', [asText], TEXT_RESULT, ([text]) => conv(text as string, 10, 8), { nullable: true }),
  {
    name: 'hex',
    minArguments: 1,
    maxArguments: 1,
    bind: ([given]) => {
      const hex = hexOf(given!.type);
      return { type: TEXT_RESULT, apply: ([value]) => hex(value!) };
    },
  },
  simple(
    'unhex',
    [asText],
    LONGBLOB,
    ([given]) => {
      const text = given as string;
      if (!/^[0-9a-fA-F]*$/.test(text)) return null;
      return new Uint8Array(Buffer.from(text.length % 2 === 0 ? text : `0${text}`, 'hex'));
    },
    { nullable: true },
  ),
  simple('to_base64', [asBytes], TEXT_RESULT, ([bytes]) =>
    Buffer.from(bytes as Uint8Array)
      .toString('base64')
      .replace(/.{76}(?=.)/g, '$&\n'),
  ),
  simple(
    'from_base64',
    [asText],
    LONGBLOB,
    ([given]) => {
      const text = (given as string).replace(/\s/g, '');
      if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return null;
      return new Uint8Array(Buffer.from(text, 'base64'));
    },
    { nullable: true },
  ),
  simple('load_file', [asText], LONGBLOB, () => null, { nullable: true }),
  {
    name: 'charset',
    minArguments: 1,
    maxArguments: 1,
    bind: ([given]) => {
      const collation = collationOf(given!.type);
      const name = collation === undefined ? 'binary' : (collationByName(collation)?.characterSet ?? 'utf8mb4');
      return { type: TEXT_RESULT, nullable: false, handlesNull: true, apply: () => name };
    },
  },
  {
    name: 'collation',
    minArguments: 1,
    maxArguments: 1,
    bind: ([given]) => {
      const name = collationOf(given!.type) ?? 'binary';
      return { type: TEXT_RESULT, nullable: false, handlesNull: true, apply: () => name };
    },
  },
  simple('is_binary', [asIs], UNSIGNED_BIGINT, ([value]) =>
    value instanceof Uint8Array
      ? value.includes(0)
        ? 1
        : 0
      : typeof value === 'string' && value.includes('\0')
        ? 1
        : 0,
  ),
];
