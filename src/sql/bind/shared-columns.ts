/** Columns that the sides of a join share by their names: USING and NATURAL. */
import * as build from '../expressions/build.ts';
import type { Expression } from '../expressions/expression.ts';
import { reference } from '../plan/expression-tree.ts';
import { Scope, type ScopeColumn, sameName } from './scope.ts';

/** Of the columns that both sides of a NATURAL JOIN have, in the order of the left one. */
export function sharedNames(left: readonly ScopeColumn[], right: readonly ScopeColumn[]): string[] {
  const visible = (c: ScopeColumn): boolean => !c.hidden && !c.qualifiedOnly;
  const others = new Set(right.filter(visible).map((c) => c.name.toLowerCase()));
  return left.filter((c) => visible(c) && others.has(c.name.toLowerCase())).map((c) => c.name);
}

function only(columns: readonly ScopeColumn[], name: string): ScopeColumn {
  return new Scope(columns, undefined, 'from clause').resolve({ name });
}

/** Each column of a name equals the other side's. */
export function equalities(
  left: readonly ScopeColumn[],
  right: readonly ScopeColumn[],
  shared: readonly string[],
): Expression[] {
  return shared.map((name) =>
    build.compare('=', reference(only(left, name).column), reference(only(right, name).column)),
  );
}

/**
 * USING and NATURAL: shared columns once and first, with the value of the side that is always there, in its order. That side's
 * other columns come before the other side's (MySQL manual, "JOIN Clause"), which of a RIGHT JOIN is the left one.
 */
export function mergedColumns(
  lefts: readonly ScopeColumn[],
  rights: readonly ScopeColumn[],
  shared: readonly string[],
  fromRight: boolean,
): ScopeColumn[] {
  const placed = (columns: readonly ScopeColumn[]) => columns.map((c, place): ScopeColumn => ({ place, ...c }));
  const [left, right] = [placed(lefts), placed(rights)];
  const isShared = (c: ScopeColumn): boolean => !c.qualifiedOnly && shared.some((name) => sameName(name, c.name));
  const [kept, hidden] = fromRight ? [right, left] : [left, right];
  for (const name of shared) only(kept, name);
  const merged = kept.filter((c) => isShared(c) && !c.hidden);
  const rest = (columns: readonly ScopeColumn[]): ScopeColumn[] => columns.filter((c) => !isShared(c));
  const aside = hidden.filter(isShared).map((c): ScopeColumn => ({ ...c, qualifiedOnly: true }));
  return [...merged, ...rest(kept), ...rest(hidden), ...aside];
}
