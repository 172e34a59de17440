/** MATCH … AGAINST: how relevant a row's texts are for the words of a search. */
import type { Expression } from '../expressions/expression.ts';
import { FLOAT } from '../types/sql-type.ts';
import { asText } from './arguments.ts';
import type { ScalarFunction } from './scalar-function.ts';

/** What a full-text index knows. */
export interface TextSearch {
  /** Whether rows that it finds come with the most relevant first. */
  readonly sorts: boolean;
  /** 0 where the texts have none of the words. */
  relevance(words: string, texts: readonly (string | null)[]): number;
}

export interface MatchFunction extends ScalarFunction {
  readonly search: TextSearch;
}

/** The function over one index: the words, then the columns of the index. */
export function matchFunction(search: TextSearch): MatchFunction {
  return {
    name: 'match',
    minArguments: 2,
    maxArguments: Infinity,
    search,
    bind: ([words, ...texts]) => ({
      type: FLOAT,
      nullable: false,
      args: [asText(words!), ...texts],
      handlesNull: true,
      apply: ([given, ...values]) =>
        given === null ? 0 : search.relevance(given as string, values as (string | null)[]),
    }),
  };
}

/** The search of a call of MATCH, with its words. */
export function matchOf(
  expression: Expression,
): { readonly search: TextSearch; readonly words: Expression } | undefined {
  if (expression.kind !== 'call') return undefined;
  const { search } = expression.call.function as Partial<MatchFunction>;
  return search && { search, words: expression.call.args[0]! };
}
