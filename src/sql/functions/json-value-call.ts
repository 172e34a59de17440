/**
 * JSON_VALUE, which says by RETURNING, ON EMPTY and ON ERROR more than its arguments do (MySQL manual, "Functions That Search
 * JSON Values").
 */
import { sceneOf } from '../expressions/evaluation-context.ts';
import type { Expression } from '../expressions/expression.ts';
import { computedText } from '../types/json-value.ts';
import { SqlError } from '../types/sql-error.ts';
import { LONGTEXT, type SqlType } from '../types/sql-type.ts';
import { asText } from './arguments.ts';
import { documentReader } from './json-document.ts';
import { matches, parsePath } from './json-path.ts';
import { type Fallback, fallen, scalarOf } from './json-table.ts';
import type { ScalarFunction, Signature } from './scalar-function.ts';

const missing = () => new SqlError(3966, '22035', "No value was found by 'json_value' on the specified path.");
const several = () =>
  new SqlError(3967, '22034', "More than one value was found by 'json_value' on the specified path.");
const noScalar = () =>
  new SqlError(3156, '22018', 'Invalid JSON value for CAST: an array or an object is no value of a scalar type');

export function jsonValueSignature(
  document: Expression,
  path: Expression,
  type: SqlType,
  onEmpty: Fallback,
  onError: Fallback,
): Signature {
  const read = documentReader(document, 1, 'json_value');
  return {
    type,
    args: [document, asText(path)],
    nullable: true,
    apply: ([value, text], context) => {
      const found = matches(read(value!), parsePath(text as string));
      const [only] = found;
      if (only === undefined) return fallen(onEmpty, missing);
      if (found.length > 1) return fallen(onError, several);
      if (type.kind === 'json') return computedText(only);
      if (Array.isArray(only) || only instanceof Map) return fallen(onError, noScalar);
      try {
        return scalarOf(only, type, sceneOf(context));
      } catch (error) {
        if (!(error instanceof SqlError)) throw error;
        return fallen(onError, () => error);
      }
    },
  };
}

export const jsonValueFunction: ScalarFunction = {
  name: 'json_value',
  minArguments: 2,
  maxArguments: 2,
  bind: ([document, path]) => jsonValueSignature(document!, path!, LONGTEXT, { kind: 'null' }, { kind: 'null' }),
};
