/** Comparisons of rows, `(a, b) = (c, d)`, as comparisons of their members. */
import * as build from '../expressions/build.ts';
import type { ComparisonOperator, Expression } from '../expressions/expression.ts';
import type { EqualityKey } from '../plan/plan.ts';
import type * as syntax from '../syntax/ast/expression.ts';
import { operandColumns } from '../types/sql-error.ts';

/** The sides of equalities in the types they are compared in; undefined when one is no plain comparison. */
export function equalityKeys(comparisons: readonly Expression[]): readonly EqualityKey[] | undefined {
  const keys: EqualityKey[] = [];
  for (const comparison of comparisons) {
    if (comparison.kind !== 'comparison' || comparison.operator !== '=') return undefined;
    keys.push({ left: comparison.left, right: comparison.right, domain: comparison.domain });
  }
  return keys;
}

/** Throws 1241 unless both are rows of the same length, and so are the rows in them, or neither is one. */
export function assertSameShape(left: syntax.Expression, right: syntax.Expression): void {
  const lefts = left.kind === 'row' ? left.members : [];
  const rights = right.kind === 'row' ? right.members : [];
  if (left.kind !== right.kind && (left.kind === 'row' || right.kind === 'row')) {
    throw operandColumns(Math.max(1, lefts.length));
  }
  if (lefts.length !== rights.length) throw operandColumns(lefts.length);
  lefts.forEach((member, i) => {
    assertSameShape(member, rights[i]!);
  });
}

/** Row comparison, first member first. */
export function compareRows(
  operator: ComparisonOperator,
  lefts: readonly Expression[],
  rights: readonly Expression[],
): Expression {
  const pairs = lefts.map((left, i) => [left, rights[i]!] as const);
  switch (operator) {
    case '=':
    case '<=>':
      return build.and(pairs.map(([l, r]) => build.compare(operator, l, r)));
    case '<>':
      return build.not(build.and(pairs.map(([l, r]) => build.compare('=', l, r))));
    default: {
      const strict = operator[0] as '<' | '>';
      return pairs.reduceRight<Expression | undefined>((rest, [l, r]) => {
        if (rest === undefined) return build.compare(operator, l, r);
        return build.or([build.compare(strict, l, r), build.and([build.compare('=', l, r), rest])]);
      }, undefined)!;
    }
  }
}
