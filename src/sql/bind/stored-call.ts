/** Calls of functions that a database stores: what no function of the language is named, or what names a database. */
import { isAggregateFunction, isScalarFunction } from '../expressions/calls.ts';
import { RANKING_FUNCTIONS } from './bind-expression.ts';

/** Written as functions, and something else to the binder. */
const FORMS: ReadonlySet<string> = new Set(['grouping', 'date_add', 'date_sub', 'adddate', 'subdate']);

/** Whether a node of syntax calls a function that must be stored, if it is there at all. */
export function isStoredCall(node: object): boolean {
  const { kind, name, database } = node as { kind?: unknown; name?: unknown; database?: unknown };
  if (kind !== 'call' || typeof name !== 'string') return false;
  if (database !== undefined) return true;
  return !(isScalarFunction(name) || isAggregateFunction(name) || RANKING_FUNCTIONS.has(name) || FORMS.has(name));
}
