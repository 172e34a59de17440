/** Control flow and comparison functions: most are other ways to write an expression. */
import { coerce, commonCollation, commonType, nullLiteral, textType } from '../expressions/coerce.ts';
import { compare } from '../expressions/comparison.ts';
import type { Expression } from '../expressions/expression.ts';
import { choose, isNull, truth } from '../expressions/logic.ts';
import { comparatorFor } from '../types/compare.ts';
import { INT, isTemporal, isText, LONGTEXT, NULL_TYPE, type SqlType } from '../types/sql-type.ts';
import { unifiedType } from '../types/unify.ts';
import { asDouble } from './arguments.ts';
import type { ScalarFunction } from './scalar-function.ts';

const condition: ScalarFunction = {
  name: 'if',
  minArguments: 3,
  maxArguments: 3,
  bind: ([test, yes, no]) => ({
    expression: choose([{ when: truth(test!), result: yes! }], no!, commonType([yes!, no!], 'if')),
  }),
};

const coalesce: ScalarFunction = {
  name: 'coalesce',
  aliases: ['ifnull', 'nvl'],
  minArguments: 1,
  maxArguments: Number.POSITIVE_INFINITY,
  bind(given) {
    const type = commonType(given, 'coalesce');
    const args = given.map((argument) => coerce(argument, type));
    return {
      type,
      args,
      nullable: args.every((argument) => argument.nullable),
      handlesNull: true,
      apply: (values) => {
        for (const value of values) if (value !== null) return value;
        return null;
      },
    };
  },
};

const nullif: ScalarFunction = {
  name: 'nullif',
  minArguments: 2,
  maxArguments: 2,
  bind: ([left, right]) => {
    if (left!.type === NULL_TYPE) return { expression: left! };
    const when = compare('=', left!, right!);
    return { expression: choose([{ when, result: nullLiteral(left!.type) }], left!, left!.type) };
  },
};

/** The type in which GREATEST and LEAST compare and answer. */
function extremeType(given: readonly Expression[], name: string): SqlType {
  const types = given.map((argument) => argument.type);
  const unified = unifiedType(types);
  if (isText(unified)) {
    if (types.some(isText) && types.some(isTemporal) && types.every((type) => isText(type) || isTemporal(type))) {
      return textType(given, name);
    }
    return { ...LONGTEXT, collation: commonCollation(given, name) };
  }
  return unified;
}

function extreme(name: string, wanted: 1 | -1): ScalarFunction {
  return {
    name,
    minArguments: 2,
    maxArguments: Number.POSITIVE_INFINITY,
    bind(given) {
      const type = extremeType(given, name);
      const order = comparatorFor(type);
      return {
        type,
        args: given.map((argument) => coerce(argument, type)),
        apply: (values) => {
          let best = values[0]!;
          for (let at = 1; at < values.length; at++) {
            if (order(values[at]!, best) * wanted > 0) best = values[at]!;
          }
          return best;
        },
      };
    },
  };
}

export const controlFlowFunctions: readonly ScalarFunction[] = [
  condition,
  coalesce,
  nullif,
  { name: 'isnull', minArguments: 1, maxArguments: 1, bind: ([given]) => ({ expression: isNull(given!) }) },
  extreme('greatest', 1),
  extreme('least', -1),
  {
    name: 'interval',
    minArguments: 2,
    maxArguments: Number.POSITIVE_INFINITY,
    bind: (given) => ({
      type: INT,
      args: given.map(asDouble),
      nullable: false,
      handlesNull: true,
      apply: ([value, ...bounds]) => {
        if (value === null) return -1;
        const above = bounds.findIndex((bound) => bound !== null && (bound as number) > (value as number));
        return above < 0 ? bounds.length : above;
      },
    }),
  },
];
