/**
 * The patterns of branch permissions: `%` is any characters, `_` is one, `\` takes the next as it is. Characters compare by their
 * weights, of utf8mb4_0900_ai_ci but for users, whose names are what they are. A pattern can be matched by another as by a name:
 * what stands for all that the other stands for, matches it.
 */
import type { PatternWeights, RulePatterns } from '../../../serial/branch-control.ts';
import { type RuneWeights, runeWeights } from '../../../tuple/rune-weights.ts';
import { matchesParts } from '../match-parts.ts';

const ONE = -1;
const ANY = -2;

export type RuleColumn = keyof RulePatterns;
export const RULE_COLUMNS: readonly RuleColumn[] = ['database', 'branch', 'user', 'host'];

/** The shortest pattern that stands for the same: `%%` is `%`, and `%_` is `_%`. */
export function folded(pattern: string): string {
  let before: string;
  let after = pattern;
  do {
    before = after;
    after = before.replace(/\\[\s\S]|%%|%_/gu, (found) => (found === '%%' ? '%' : found === '%_' ? '_%' : found));
  } while (after !== before);
  return after;
}

/** As rules are kept: folded, and in lower case where case does not count. */
export function keptPatterns(rule: RulePatterns): RulePatterns {
  return {
    database: folded(rule.database).toLowerCase(),
    branch: folded(rule.branch).toLowerCase(),
    user: folded(rule.user),
    host: folded(rule.host).toLowerCase(),
  };
}

/** A name as a pattern that stands for it alone. */
export function literal(name: string): string {
  return name.replace(/[\\%_]/g, '\\$&');
}

let caseless: RuneWeights | undefined;

function weightOf(rune: string, column: RuleColumn): number {
  const code = rune.codePointAt(0)!;
  if (column === 'user') return code;
  caseless ??= runeWeights('utf8mb4_0900_ai_ci');
  return caseless.of(code);
}

export function patternWeights(pattern: string, column: RuleColumn): PatternWeights {
  const weights: number[] = [];
  let isEscaped = false;
  for (const rune of pattern) {
    if (!isEscaped && rune === '\\') {
      isEscaped = true;
      continue;
    }
    if (!isEscaped && rune === '%') weights.push(ANY);
    else if (!isEscaped && rune === '_') weights.push(ONE);
    else weights.push(weightOf(rune, column));
    isEscaped = false;
  }
  return weights;
}

export function nameWeights(name: string, column: RuleColumn): PatternWeights {
  return Array.from(name, (rune) => weightOf(rune, column));
}

/** Whether a pattern stands for a name, or for all of another pattern. */
export function matches(pattern: PatternWeights, subject: PatternWeights): boolean {
  return matchesParts(pattern, subject, ANY, fitsOne);
}

const fitsOne = (part: number, weight: number): boolean => (part === ONE ? weight !== ANY : part === weight);

/** Of the four columns of a rule, or of what is asked about. */
export type RuleWeights = Readonly<Record<RuleColumn, PatternWeights>>;

export function weightsOfPatterns(rule: RulePatterns): RuleWeights {
  const of = (column: RuleColumn): PatternWeights => patternWeights(rule[column], column);
  return { database: of('database'), branch: of('branch'), user: of('user'), host: of('host') };
}

export function weightsOfNames(names: RulePatterns): RuleWeights {
  const of = (column: RuleColumn): PatternWeights => nameWeights(names[column], column);
  return { database: of('database'), branch: of('branch'), user: of('user'), host: of('host') };
}
