/** Functions of FROM that make rows of their arguments alone, and may read the tables to their left as JSON_TABLE does. */
import type { Expression } from '../expressions/expression.ts';
import { jsonDiff } from '../functions/json-diff.ts';
import { documentReader } from '../functions/json-document.ts';
import type { ComputedRowsPlan } from '../plan/plan.ts';
import { wrongParameterCount } from '../types/sql-error.ts';
import { COMPUTED_JSON, text } from '../types/sql-type.ts';
import type { Binder } from './binder.ts';

export type BindRowFunction = (args: readonly Expression[], binder: Binder) => ComputedRowsPlan;

/** By name, in lower case. */
export const rowFunctions: ReadonlyMap<string, BindRowFunction> = new Map([['dolt_json_diff', bindJsonDiff]]);

function bindJsonDiff(args: readonly Expression[], binder: Binder): ComputedRowsPlan {
  const name = 'dolt_json_diff';
  if (args.length !== 2) throw wrongParameterCount(name);
  const [from, to] = args.map((arg, i) => {
    const read = documentReader(arg, i + 1, name);
    return (value: Parameters<typeof read>[0]) => (value === null ? null : read(value));
  });
  return {
    kind: 'computedRows',
    name,
    args,
    rowsOf: ([left, right]) => jsonDiff(from!(left!), to!(right!)),
    columns: [
      binder.column('diff_type', text(), false),
      binder.column('path', text(), false),
      binder.column('from_value', COMPUTED_JSON, true),
      binder.column('to_value', COMPUTED_JSON, true),
    ],
  };
}
