/** MATCH … AGAINST: the columns find the full-text index that has exactly them. */
import { BooleanSearch } from '../../table/full-text/boolean-search.ts';
import { ExpandedSearch } from '../../table/full-text/expanded-search.ts';
import { fullTextIndexes } from '../../table/full-text/full-text-tables.ts';
import { NaturalSearch } from '../../table/full-text/natural-search.ts';
import * as build from '../expressions/build.ts';
import type { Expression } from '../expressions/expression.ts';
import { matchFunction } from '../functions/full-text.ts';
import { isConstant } from '../plan/expression-tree.ts';
import type * as syntax from '../syntax/ast/expression.ts';
import { SqlError, wrongArguments } from '../types/sql-error.ts';
import type { Scene } from './bind-expression.ts';

/** `words` is bound, and so are `columns`. Throws 1191, 1210. */
export function bindMatch(
  node: syntax.Match,
  words: Expression,
  columns: readonly Expression[],
  { scope, environment }: Scene,
): Expression {
  if (!isConstant(words)) throw wrongArguments('AGAINST');
  const found = node.columns.map((name) => scope.resolve(name));
  const [{ table, stored }] = found as [(typeof found)[number]];
  if (found.some((other) => other.table !== table || other.stored !== stored)) throw wrongArguments('MATCH');
  if (stored === undefined) throw noIndex();
  const { source, asOf } = stored;
  const { schema } = source.table;
  const positions = found.map(({ source: origin, name }) => schema.columnPosition(origin?.column ?? name));
  const index = fullTextIndexes(schema).find((candidate) => {
    return candidate.columns.length === positions.length && candidate.columns.every((at) => positions.includes(at));
  });
  if (index === undefined) throw noIndex();
  const search = new SEARCHES[node.mode](source.table, index, (name) => {
    const part = environment.catalog.table({ database: source.database, name, asOf });
    return part?.kind === 'table' ? part.table : undefined;
  });
  const inOrder = index.columns.map((at) => columns[positions.indexOf(at)]!);
  return build.match(matchFunction(search), [words, ...inOrder]);
}

const SEARCHES = {
  natural: NaturalSearch,
  boolean: BooleanSearch,
  expansion: ExpandedSearch,
  'natural expansion': ExpandedSearch,
} as const;

function noIndex(): SqlError {
  return new SqlError(1191, 'HY000', "Can't find FULLTEXT index matching the column list");
}
