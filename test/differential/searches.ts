/** Random small tables of texts, and searches of all operators of boolean mode in them: words, short ones, prefixes, phrases. */
import type { Arbitrary } from 'fast-check';
import fc from '../fast-check.ts';

/**
 * Short ones are not indexed. None is a stopword of InnoDB's, which we have none of, and none has an apostrophe, which makes two
 * words of one where InnoDB counts a distance.
 */
const WORDS = ['alpha', 'alps', 'beta', 'bet', 'gamma', 'ab', 'x', 'foo_bar'];
const word = fc.constantFrom(...WORDS);
const text = fc
  .array(fc.oneof({ weight: 5, arbitrary: word }, { weight: 1, arbitrary: fc.constantFrom('beta,alpha', 'alpha-x') }), {
    maxLength: 6,
  })
  .map((words) => words.join(' '));

export interface Texts {
  readonly rows: readonly (readonly [string, string])[];
  readonly searches: readonly string[];
  /** Plain words. */
  readonly words: string;
}

const phrase = fc
  .tuple(fc.array(word, { minLength: 1, maxLength: 3 }), fc.constantFrom('', '', '@2', ' @3', '@5'))
  .map(([words, distance]) => `"${words.join(' ')}"${distance}`);

const prefix = fc.constantFrom('al*', 'be*', 'a*', 'gamma*', 'alpha *', 'no*');

/** InnoDB forgets what it should leave out by a prefix, where a phrase stands before it: a search has one or the other. */
const terms = [phrase, prefix].map((special) =>
  fc.oneof({ weight: 6, arbitrary: word }, { weight: 2, arbitrary: special }),
);

const operator = fc.constantFrom('', '', '', '+', '+', '-', '~', '<', '>');

/**
 * Groups stand in front without an operator, or all have a + and nothing else stands beside them: InnoDB takes a group as it
 * comes, so that a + or a - before it, or a group that finds nothing, says nothing. Here the order of items says nothing.
 */
function query(depth: number, term: Arbitrary<string>): Arbitrary<string> {
  const items = fc.array(
    fc.tuple(operator, term).map((parts) => parts.join('')),
    { minLength: 1, maxLength: 4 },
  );
  if (depth === 0) return items.map((all) => all.join(' '));
  const groups = fc.array(query(depth - 1, term), { maxLength: 2 });
  const before = fc.tuple(groups, items).map(([inner, rest]) => [...inner.map((q) => `(${q})`), ...rest].join(' '));
  const alone = groups.map((inner) => inner.map((q) => `+(${q})`).join(' '));
  return fc.oneof({ weight: 3, arbitrary: before }, { weight: 1, arbitrary: alone });
}

/** One in a few has its operators where they may not be. */
const search = fc.oneof(
  { weight: 9, arbitrary: fc.oneof(...terms.map((term) => query(2, term))) },
  {
    weight: 1,
    arbitrary: fc.tuple(query(1, word), fc.constantFrom('+', ')', '(', '*', '@', ' "')).map((parts) => parts.join('')),
  },
);

export const texts: Arbitrary<Texts> = fc.record({
  rows: fc.array(fc.tuple(text, text), { minLength: 1, maxLength: 6 }),
  searches: fc.array(search, { minLength: 1, maxLength: 8 }),
  words: fc.array(word, { maxLength: 2 }).map((words) => words.join(' ')),
});
