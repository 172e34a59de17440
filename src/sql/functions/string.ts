/**
 * String functions (MySQL manual, "String Functions and Operators"). Of binary strings, CONCAT, SUBSTRING and their
 * like work on bytes and give bytes.
 */
import { collationByName } from '../../tuple/collation.ts';
import type { Integer, Value } from '../../tuple/value.ts';
import { coerce, commonCollation, literal, textType } from '../expressions/coerce.ts';
import type { EvaluationContext } from '../expressions/evaluation-context.ts';
import type { Expression } from '../expressions/expression.ts';
import { charsetOf } from '../types/charset-bytes.ts';
import { comparatorFor, isBinaryCollation } from '../types/compare.ts';
import { textReader } from '../types/convert-text.ts';
import { rescale } from '../types/decimal.ts';
import { integerOfDouble } from '../types/integer.ts';
import {
  BIGINT,
  collationOf,
  INT,
  isBytes,
  isNumeric,
  isText,
  LONGBLOB,
  LONGTEXT,
  type SqlType,
  UNSIGNED_BIGINT,
} from '../types/sql-type.ts';
import { comparisonType } from '../types/unify.ts';
import {
  asBytes,
  asInteger,
  asIs,
  asText,
  count,
  MAX_PACKET,
  simple,
  TEXT_RESULT,
  textFunction,
  textual,
} from './arguments.ts';
import { formatFunction } from './format-number.ts';
import { conv } from './numeric.ts';
import type { Apply, ScalarFunction, Signature } from './scalar-function.ts';
import { characterPosition, indexOfPosition, lengthOf, sliceCharacters, substring } from './text.ts';

function tooLong(name: string, context: EvaluationContext): null {
  context.session.warn({
    level: 'Warning',
    code: 1301,
    message: `Result of ${name}() was larger than max_allowed_packet (${MAX_PACKET}) - truncated`,
  });
  return null;
}

const latin1 = (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
const fromLatin1 = (text: string) => new Uint8Array(Buffer.from(text, 'latin1'));

/**
 * A function whose subject may be binary: then the string arguments are bytes, passed as Latin-1 text, and so is the
 * result. `subjects` are the positions of its string arguments.
 */
function overText(
  name: string,
  minimum: number,
  maximum: number,
  subjects: readonly number[],
  apply: (args: readonly Value[], context: EvaluationContext) => Value,
  aliases: readonly string[] = [],
): ScalarFunction {
  return {
    name,
    aliases,
    minArguments: minimum,
    maxArguments: maximum,
    bind(given): Signature {
      const isString = (at: number) => subjects.includes(at);
      const binary = given.some((argument, at) => isString(at) && isBytes(argument.type) && !isHexText(argument));
      const args = given.map((argument, at) =>
        isString(at) ? (binary ? asBytes(argument) : asText(argument)) : asInteger(argument),
      );
      if (!binary) return { type: textType(textual(args), name), args, apply, nullable: true };
      const bytesApply: Apply = (values, context) => {
        const result = apply(
          values.map((value) => (value instanceof Uint8Array ? latin1(value) : value)),
          context,
        );
        return typeof result === 'string' ? fromLatin1(result) : result;
      };
      return { type: LONGBLOB, args, apply: bytesApply, nullable: true };
    },
  };
}

/** A hexadecimal literal beside text counts as text, as users mean it. */
function isHexText(argument: Expression): boolean {
  return argument.type.kind === 'varbinary' && argument.type.hexadecimal === true;
}

const concat: ScalarFunction = {
  name: 'concat',
  minArguments: 1,
  maxArguments: Number.POSITIVE_INFINITY,
  bind(given) {
    if (given.some((argument) => isBytes(argument.type) && !isHexText(argument))) {
      return {
        type: LONGBLOB,
        args: given.map(asBytes),
        apply: (args) => new Uint8Array(Buffer.concat(args as Uint8Array[])),
      };
    }
    return {
      type: textType(textual(given), 'concat'),
      args: given.map(asText),
      apply: (args, context) => {
        let joined = '';
        for (const part of args) joined += part as string;
        return joined.length > MAX_PACKET ? tooLong('concat', context) : joined;
      },
    };
  },
};

const concatWs: ScalarFunction = {
  name: 'concat_ws',
  minArguments: 2,
  maxArguments: Number.POSITIVE_INFINITY,
  bind(given) {
    return {
      type: textType(textual(given), 'concat_ws'),
      args: given.map(asText),
      nullable: given[0]!.nullable,
      handlesNull: true,
      apply: ([separator, ...parts]) =>
        separator === null ? null : parts.filter((part) => part !== null).join(separator as string),
    };
  },
};

function trimmer(name: string, leading: boolean, trailing: boolean): ScalarFunction {
  return overText(name, 1, 2, [0, 1], ([given, remove = ' ']) => {
    let text = given as string;
    const cut = remove as string;
    if (cut === '') return text;
    if (leading) {
      let at = 0;
      while (text.startsWith(cut, at)) at += cut.length;
      text = text.slice(at);
    }
    if (trailing) {
      let end = text.length;
      while (end >= cut.length && text.endsWith(cut, end)) end -= cut.length;
      text = text.slice(0, end);
    }
    return text;
  });
}

function padder(name: string, left: boolean): ScalarFunction {
  return overText(name, 3, 3, [0, 2], ([given, size, filling], context) => {
    const text = given as string;
    const length = count(size!);
    const fill = filling as string;
    if (length < 0) return null;
    if (length > MAX_PACKET) return tooLong(name, context);
    const own = lengthOf(text);
    if (own >= length) return sliceCharacters(text, 0, length);
    if (fill === '') return '';
    const missing = length - own;
    const padding = sliceCharacters(fill.repeat(Math.ceil(missing / lengthOf(fill))), 0, missing);
    return left ? padding + text : text + padding;
  });
}

/** Finds under a collation: positions in both strings agree, since a key replaces rune by rune. */
function finder(collation: string): (text: string, wanted: string, from: number) => number {
  const found = collationByName(collation);
  if (found === undefined || isBinaryCollation(collation)) return (text, wanted, from) => text.indexOf(wanted, from);
  return (text, wanted, from) => found.keyOf(text).indexOf(found.keyOf(wanted), from);
}

function locate(
  name: string,
  wantedAt: number,
  textAt: number,
  maximum: number,
  aliases: readonly string[] = [],
): ScalarFunction {
  return {
    name,
    aliases,
    minArguments: 2,
    maxArguments: maximum,
    bind(given) {
      const args = given.map((argument, at) => (at === 2 ? asInteger(argument) : asText(argument)));
      const find = finder(commonCollation(args.slice(0, 2), name));
      return {
        type: INT,
        args,
        apply: (values) => {
          const text = values[textAt] as string;
          const position = values.length > 2 ? count(values[2]!) : 1;
          if (position < 1 || position > lengthOf(text) + 1) return 0;
          const found = find(text, values[wantedAt] as string, indexOfPosition(text, position));
          return found < 0 ? 0 : characterPosition(text, found);
        },
      };
    },
  };
}

function substringIndex(text: string, delimiter: string, times: number): string {
  if (delimiter === '' || times === 0) return '';
  const parts = text.split(delimiter);
  return (times > 0 ? parts.slice(0, times) : parts.slice(times)).join(delimiter);
}

const SOUNDEX = '01230120022455012623010202';

function soundex(text: string): string {
  let code = '';
  let last = '';
  for (const character of text.toUpperCase()) {
    if (!/\p{L}/u.test(character)) continue;
    const digit = /[A-Z]/.test(character) ? SOUNDEX[character.charCodeAt(0) - 65]! : '0';
    if (code === '') code = character;
    else if (digit === '0' || digit === last) continue;
    else code += digit;
    last = digit;
  }
  return code === '' ? '' : code.padEnd(4, '0');
}

const QUOTED: Readonly<Record<string, string>> = { '\\': '\\\\', "'": "\\'", '\0': '\\0', '\x1a': '\\Z' };

function quote(value: Value): string {
  if (value === null) return 'NULL';
  let quoted = '';
  for (const character of value as string) quoted += QUOTED[character] ?? character;
  return `'${quoted}'`;
}

function hexOf(type: SqlType): (value: Value) => string {
  if (isNumeric(type)) {
    if (type.kind === 'decimal') {
      return (value) =>
        unsigned(rescale(value as Integer, type.scale, 0))
          .toString(16)
          .toUpperCase();
    }
    if (type.kind === 'float' || type.kind === 'double') {
      return (value) =>
        unsigned(integerOfDouble(value as number))
          .toString(16)
          .toUpperCase();
    }
    return (value) =>
      unsigned(value as Integer)
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

function unsigned(value: Integer): bigint {
  return BigInt.asUintN(64, BigInt(value));
}

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

const elt: ScalarFunction = {
  name: 'elt',
  minArguments: 2,
  maxArguments: Number.POSITIVE_INFINITY,
  bind([index, ...choices]) {
    return {
      type: textType(textual(choices), 'elt'),
      args: [asInteger(index!), ...choices.map(asText)],
      nullable: true,
      handlesNull: true,
      apply: (args) => (args[0] === null || Number(args[0]) < 1 ? null : (args[Number(args[0])] ?? null)),
    };
  },
};

const field: ScalarFunction = {
  name: 'field',
  minArguments: 2,
  maxArguments: Number.POSITIVE_INFINITY,
  bind(given) {
    const types = given.map((argument) => argument.type);
    let domain: SqlType = { kind: 'double' };
    if (types.every(isNumeric)) domain = types.reduce<SqlType>(comparisonType, types[0]!);
    else if (!types.some(isNumeric)) domain = { ...LONGTEXT, collation: commonCollation(given, 'field') };
    const args = given.map((argument) => (isText(domain) ? asText(argument) : coerce(argument, domain)));
    const compare = comparatorFor(domain);
    return {
      type: INT,
      args,
      nullable: false,
      handlesNull: true,
      apply: (values) => {
        const [wanted] = values;
        if (wanted === null) return 0;
        for (let at = 1; at < values.length; at++) {
          if (values[at] !== null && compare(wanted!, values[at]!) === 0) return at;
        }
        return 0;
      },
    };
  },
};

function collated(name: string, apply: (compare: (a: string, b: string) => number) => Apply): ScalarFunction {
  return {
    name,
    minArguments: 2,
    maxArguments: 2,
    bind(given) {
      const args = given.map(asText);
      const collation = commonCollation(args, name);
      const compare = comparatorFor({ ...LONGTEXT, collation }) as (a: Value, b: Value) => number;
      return { type: INT, args, apply: apply(compare) };
    },
  };
}

function changeCase(name: string, change: (text: string) => string, alias: string): ScalarFunction {
  return {
    name,
    aliases: [alias],
    minArguments: 1,
    maxArguments: 1,
    bind([given]) {
      // Binary strings have no case.
      if (isBytes(given!.type)) return { expression: given! };
      const subject = asText(given!);
      return { type: textType([subject], name), args: [subject], apply: ([text]) => change(text as string) };
    },
  };
}

/** Simple case mapping: a character that would become several stays as it is. */
function runeByRune(text: string, whole: string, change: (rune: string) => string): string {
  if (whole.length === text.length) return whole;
  let changed = '';
  for (const rune of text) {
    const other = change(rune);
    changed += lengthOf(other) === 1 ? other : rune;
  }
  return changed;
}

export const stringFunctions: readonly ScalarFunction[] = [
  concat,
  concatWs,
  char,
  elt,
  field,
  formatFunction,
  changeCase('upper', (text) => runeByRune(text, text.toUpperCase(), (rune) => rune.toUpperCase()), 'ucase'),
  changeCase('lower', (text) => runeByRune(text, text.toLowerCase(), (rune) => rune.toLowerCase()), 'lcase'),
  trimmer('trim', true, true),
  trimmer('ltrim', true, false),
  trimmer('rtrim', false, true),
  padder('lpad', true),
  padder('rpad', false),
  overText('left', 2, 2, [0], ([text, size]) => sliceCharacters(text as string, 0, Math.max(0, count(size!)))),
  overText('right', 2, 2, [0], ([text, size]) => {
    const length = count(size!);
    return length <= 0 ? '' : sliceCharacters(text as string, Math.max(0, lengthOf(text as string) - length));
  }),
  overText(
    'substring',
    2,
    3,
    [0],
    ([text, position, length]) =>
      substring(text as string, count(position!), length === undefined ? 0x7fff_ffff : count(length)),
    ['substr', 'mid'],
  ),
  overText('substring_index', 3, 3, [0, 1], ([text, delimiter, times]) =>
    substringIndex(text as string, delimiter as string, count(times!)),
  ),
  overText('repeat', 2, 2, [0], ([text, times], context) => {
    const repeats = count(times!);
    if (repeats <= 0) return '';
    return (text as string).length * repeats > MAX_PACKET
      ? tooLong('repeat', context)
      : (text as string).repeat(repeats);
  }),
  overText('replace', 3, 3, [0, 1, 2], ([text, from, to]) =>
    from === '' ? text! : (text as string).replaceAll(from as string, () => to as string),
  ),
  overText('reverse', 1, 1, [0], ([text]) => [...(text as string)].reverse().join('')),
  overText('insert', 4, 4, [0, 3], ([given, position, length, inserted]) => {
    const text = given as string;
    const start = count(position!);
    const total = lengthOf(text);
    if (start < 1 || start > total) return text;
    const cut = count(length!);
    const end = cut < 0 || start - 1 + cut > total ? total : start - 1 + cut;
    return sliceCharacters(text, 0, start - 1) + (inserted as string) + sliceCharacters(text, end);
  }),
  textFunction('space', [asInteger], ([size], context) =>
    count(size!) > MAX_PACKET ? tooLong('space', context) : ' '.repeat(Math.max(0, count(size!))),
  ),
  textFunction('soundex', [asText], ([text]) => soundex(text as string)),
  {
    name: 'quote',
    minArguments: 1,
    maxArguments: 1,
    bind: ([given]) => ({
      type: textType(textual([given!]), 'quote'),
      args: [asText(given!)],
      nullable: false,
      handlesNull: true,
      apply: ([text]) => quote(text!),
    }),
  },
  locate('locate', 0, 1, 3, ['position']),
  locate('instr', 1, 0, 2),
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
  collated(
    'strcmp',
    (compare) =>
      ([a, b]) =>
        Math.sign(compare(a as string, b as string)) + 0,
  ),
  collated('find_in_set', (compare) => ([wanted, list]) => {
    if (list === '' || (wanted as string).includes(',')) return 0;
    return (list as string).split(',').findIndex((item) => compare(item, wanted as string) === 0) + 1;
  }),
  {
    name: 'export_set',
    minArguments: 3,
    maxArguments: 5,
    bind: ([bits, on, off, separator, size]) => ({
      type: textType(textual([on!, off!]), 'export_set'),
      args: [
        asInteger(bits!),
        asText(on!),
        asText(off!),
        asText(separator ?? literal(',', LONGTEXT)),
        asInteger(size ?? literal(64, BIGINT)),
      ],
      apply: ([mask, yes, no, between, width]) => {
        const given = count(width!);
        const length = given < 0 || given > 64 ? 64 : given;
        const word = unsigned(mask as Integer);
        const parts: Value[] = [];
        for (let at = 0; at < length; at++) parts.push(((word >> BigInt(at)) & 1n) === 1n ? yes! : no!);
        return parts.join(between as string);
      },
    }),
  },
  {
    name: 'make_set',
    minArguments: 2,
    maxArguments: Number.POSITIVE_INFINITY,
    bind: ([bits, ...members]) => ({
      type: textType(textual(members), 'make_set'),
      args: [asInteger(bits!), ...members.map(asText)],
      nullable: bits!.nullable,
      handlesNull: true,
      apply: ([mask, ...texts]) => {
        if (mask === null) return null;
        const word = unsigned(mask as Integer);
        return texts.filter((text, at) => text !== null && ((word >> BigInt(at)) & 1n) === 1n).join(',');
      },
    }),
  },
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

function asLengthy(argument: Expression): Expression {
  return isBytes(argument.type) ? argument : asText(argument);
}
function byteLength(value: Value): number {
  return typeof value === 'string' ? Buffer.byteLength(value) : (value as Uint8Array).length;
}
