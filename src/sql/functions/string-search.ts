/** Functions that look for strings in strings, in lists, and in sets given by bits (MySQL manual, "String Functions"). */
import { collationByName } from '../../tuple/collation.ts';
import type { Integer, Value } from '../../tuple/value.ts';
import { coerce, commonCollation, literal, textType } from '../expressions/coerce.ts';
import { comparatorFor, isBinaryCollation } from '../types/compare.ts';
import { unsignedBits } from '../types/integer.ts';
import { BIGINT, INT, isNumeric, isText, LONGTEXT, type SqlType } from '../types/sql-type.ts';
import { comparisonType } from '../types/unify.ts';
import { asInteger, asText, count, textual } from './arguments.ts';
import type { Apply, ScalarFunction } from './scalar-function.ts';
import { characterPosition, indexOfPosition, lengthOf } from './text.ts';

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

export const stringSearchFunctions: readonly ScalarFunction[] = [
  locate('locate', 0, 1, 3, ['position']),
  locate('instr', 1, 0, 2),
  collated(
    'strcmp',
    (compare) =>
      ([a, b]) =>
        Math.sign(compare(a as string, b as string)) + 0,
  ),
  field,
  elt,
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
        const word = unsignedBits(mask as Integer);
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
        const word = unsignedBits(mask as Integer);
        return texts.filter((text, at) => text !== null && ((word >> BigInt(at)) & 1n) === 1n).join(',');
      },
    }),
  },
];
