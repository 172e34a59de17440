/** The expression of a call of a stored function: of the type that it returns, and run by the session. */
import type { StoredFunction } from '../catalog/catalog.ts';
import type { Expression } from '../expressions/expression.ts';
import type { StoredFunctionCall } from '../expressions/session-view.ts';
import type { Apply, ScalarFunction } from '../functions/scalar-function.ts';
import { unknownFunction } from '../types/sql-error.ts';
import { DEFAULT_COLLATION, LONGTEXT } from '../types/sql-type.ts';
import { columnType } from './column-type.ts';

export function storedCall(
  name: string,
  { database, routine }: StoredFunction,
  args: readonly Expression[],
  inView: StoredFunctionCall['inView'],
): Expression {
  const { returns } = routine.statement;
  const type = returns === undefined ? LONGTEXT : columnType(returns, DEFAULT_COLLATION, name);
  const apply: Apply = (values, { session }) => {
    if (session.callStored === undefined) throw unknownFunction(name, database);
    const given = args.map((arg, i) => ({ type: arg.type, value: values[i]! }));
    return session.callStored({ name, database, routine, args: given, inView });
  };
  const signature = { type, nullable: true, handlesNull: true, apply };
  const stored: ScalarFunction = {
    name: `${database}.${name}`,
    minArguments: 0,
    maxArguments: Infinity,
    volatile: true,
    locks: true,
    bind: () => signature,
  };
  return { kind: 'call', call: { function: stored, args, apply, handlesNull: true }, type, nullable: true };
}
