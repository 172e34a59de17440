/**
 * Values of `sql_mode`. Modes that stand for others stay beside them. Those alone that Dolt stores with views and programs are
 * in its order, by name; where one stands for others, which Dolt does not take apart, all are in MySQL's.
 */
import { wrongVariableValue } from '../types/sql-error.ts';

/** In MySQL's order, which is that of their bits in a number; an empty name is a bit of no mode. */
const MODES: readonly string[] = (
  'REAL_AS_FLOAT PIPES_AS_CONCAT ANSI_QUOTES IGNORE_SPACE - ONLY_FULL_GROUP_BY NO_UNSIGNED_SUBTRACTION NO_DIR_IN_CREATE ' +
  '- - - - - NO_KEY_OPTIONS NO_TABLE_OPTIONS NO_FIELD_OPTIONS - - ANSI NO_AUTO_VALUE_ON_ZERO NO_BACKSLASH_ESCAPES ' +
  'STRICT_TRANS_TABLES STRICT_ALL_TABLES NO_ZERO_IN_DATE NO_ZERO_DATE ALLOW_INVALID_DATES ERROR_FOR_DIVISION_BY_ZERO ' +
  'TRADITIONAL NO_AUTO_CREATE_USER HIGH_NOT_PRECEDENCE NO_ENGINE_SUBSTITUTION PAD_CHAR_TO_FULL_LENGTH TIME_TRUNCATE_FRACTIONAL'
)
  .split(' ')
  .map((name) => (name === '-' ? '' : name));

const STANDS_FOR: ReadonlyMap<string, readonly string[]> = new Map([
  ['ANSI', ['REAL_AS_FLOAT', 'PIPES_AS_CONCAT', 'ANSI_QUOTES', 'IGNORE_SPACE', 'ONLY_FULL_GROUP_BY']],
  [
    'TRADITIONAL',
    [
      'STRICT_TRANS_TABLES',
      'STRICT_ALL_TABLES',
      'NO_ZERO_IN_DATE',
      'NO_ZERO_DATE',
      'ERROR_FOR_DIVISION_BY_ZERO',
      'NO_ENGINE_SUBSTITUTION',
    ],
  ],
]);

/** Names, or the number whose bits they are. Throws 1231. */
export function normalizedMode(given: string | number): string {
  const named = typeof given === 'number' ? modesOfBits(given) : modesOfText(given);
  const all = new Set(named.flatMap((mode) => [mode, ...(STANDS_FOR.get(mode) ?? [])]));
  if (named.some((mode) => STANDS_FOR.has(mode))) return MODES.filter((mode) => all.has(mode)).join(',');
  return [...all].sort().join(',');
}

function modesOfText(text: string): string[] {
  const modes: string[] = [];
  for (const word of text.split(',')) {
    const mode = word.trim().toUpperCase();
    if (mode === '') continue;
    if (!MODES.includes(mode)) throw wrongVariableValue('sql_mode', word.trim());
    modes.push(mode);
  }
  return modes;
}

function modesOfBits(bits: number): string[] {
  const rest = BigInt(Number.isSafeInteger(bits) ? bits : -1);
  const modes = MODES.filter((_, at) => ((rest >> BigInt(at)) & 1n) === 1n);
  if (rest < 0n || rest >> BigInt(MODES.length) !== 0n || modes.includes('')) {
    throw wrongVariableValue('sql_mode', String(bits));
  }
  return modes;
}
