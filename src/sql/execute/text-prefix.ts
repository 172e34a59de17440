/**
 * Abbreviated keys: the first characters of a text as a number that sorts as the text does in its collation, so that most
 * comparisons of a sort are of two numbers. Equal numbers say nothing: the texts have to be compared.
 */
import type { Value } from '../../tuple/value.ts';
import { comparisonClass, textComparator } from '../types/compare.ts';
import type { SqlType } from '../types/sql-type.ts';

const ASCII = 128;
/** The end of a text; each character of ASCII; all others. */
const DIGITS = ASCII + 2;
const OTHERS = DIGITS - 1;

export interface TextPrefixes {
  /** Numbers are below this. */
  readonly span: number;
  /** NULL comes first. Undefined where no number has the place of the text. */
  prefixOf(text: string | null): number | undefined;
}

/** The ranks of ASCII, from 1, the same for characters that are equal; and whether all others sort behind it. */
interface Alphabet {
  readonly ranks: Uint8Array;
  readonly isFirst: boolean;
}

const alphabets = new Map<string, Alphabet>();

function alphabetOf(collation: string, isBinary: boolean): Alphabet {
  let alphabet = alphabets.get(collation);
  if (alphabet === undefined) {
    const compare = textComparator(collation);
    const characters = Array.from({ length: ASCII }, (_, code) => String.fromCharCode(code)).sort(compare);
    const ranks = new Uint8Array(ASCII);
    let rank = 0;
    for (let at = 0; at < ASCII; at++) {
      if (at === 0 || compare(characters[at - 1]!, characters[at]!) !== 0) rank++;
      ranks[characters[at]!.charCodeAt(0)] = rank;
    }
    alphabet = { ranks, isFirst: isBinary };
    alphabets.set(collation, alphabet);
  }
  return alphabet;
}

/** Numbers of at most `most` for a type of text; undefined for other types. */
export function textPrefixes(type: SqlType, most: number): TextPrefixes | undefined {
  if (type.kind !== 'char' && type.kind !== 'varchar' && type.kind !== 'text') return undefined;
  const { ranks, isFirst } = alphabetOf(type.collation, comparisonClass(type) === 'binaryText');
  let characters = 0;
  /** By characters that are left. */
  const spans = [1];
  while (spans[characters]! * DIGITS < most) spans.push(spans[characters++]! * DIGITS);
  const prefixOf = (text: string | null): number | undefined => {
    if (text === null) return 0;
    const end = Math.min(text.length, characters);
    let prefix = 0;
    for (let at = 0; at < end; at++) {
      const code = text.charCodeAt(at);
      if (code >= ASCII) return isFirst ? (prefix * DIGITS + OTHERS) * spans[characters - at - 1]! + 1 : undefined;
      prefix = prefix * DIGITS + ranks[code]!;
    }
    return prefix * spans[characters - end]! + 1;
  };
  return { span: spans[characters]! + 1, prefixOf };
}

/** The prefixes of the values of a column from `from` on, into `into`; false where one has none. */
export function putPrefixes(
  { prefixOf }: TextPrefixes,
  column: readonly Value[],
  from: number,
  into: Float64Array,
): boolean {
  for (let i = 0; i < into.length; i++) {
    const prefix = prefixOf(column[from + i] as string | null);
    if (prefix === undefined) return false;
    into[i] = prefix;
  }
  return true;
}
