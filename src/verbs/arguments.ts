/**
 * The one parser of arguments, for the command line and for procedures alike, with Dolt's rules: `--name value`,
 * `--name=value`, `-nvalue`, switches run together (`-am message`), a value glued to switches counts as an argument
 * (`-fdold`), `--` ends the flags, one dash or two for any name; but after two dashes switches do not run together.
 */
import { DoltError } from '../base/errors.ts';
import type { Flag } from './verb.ts';

/** The arguments are wrong; the edge shows how they should be. */
export class UsageError extends DoltError {
  /** The flag nobody knows, without its dashes, where that is what is wrong. */
  readonly unknownFlag: string | undefined;
  constructor(message: string, unknownFlag?: string) {
    super('invalid', message);
    this.unknownFlag = unknownFlag;
  }
}

/** `--help` or `-h` was asked for. */
export class HelpRequested extends UsageError {
  constructor() {
    super('Help');
  }
}

export interface ParsedArguments {
  readonly positional: readonly string[];
  /** How many positional arguments stand before `--`; undefined without one. */
  readonly separator: number | undefined;
  has(flag: string): boolean;
  /** How often the switch was given. */
  times(flag: string): number;
  /** The flag's value; undefined when it was not given. */
  value(flag: string): string | undefined;
}

/** What the parser needs of a verb. */
export interface ArgumentRules {
  readonly name: string;
  readonly flags: readonly Flag[];
  readonly maxPositional?: number;
  /** The message for too many arguments, where the verb has its own. */
  readonly tooMany?: string;
}

export function parseArguments(rules: ArgumentRules, args: readonly string[]): ParsedArguments {
  const words = new Map<string, Flag>();
  for (const flag of rules.flags) {
    words.set(flag.name, flag);
    if (flag.short !== undefined) words.set(flag.short, flag);
  }
  const values = new Map<string, string>();
  const times = new Map<string, number>();
  const positional: string[] = [];
  let separator: number | undefined;
  for (let at = 0; at < args.length; at++) {
    const argument = args[at]!;
    if (separator !== undefined || !argument.startsWith('-')) positional.push(argument);
    else if (argument === '--') separator = positional.length;
    else at = parseFlag(words, args, at, values, times, positional);
  }
  const most = rules.maxPositional;
  if (most !== undefined && positional.length > most) throw tooMany(rules, most, positional);
  return {
    positional,
    separator,
    has: (flag) => values.has(flag),
    times: (flag) => times.get(flag) ?? 0,
    value: (flag) => values.get(flag),
  };
}

/** Parses the flag at `args[at]`; the position of the last argument it took. */
function parseFlag(
  words: ReadonlyMap<string, Flag>,
  args: readonly string[],
  at: number,
  values: Map<string, string>,
  times: Map<string, number>,
  positional: string[],
): number {
  const isLong = args[at]!.startsWith('--');
  const text = args[at]!.replace(/^-+/, '');
  if (text === 'help' || text === 'h') throw new HelpRequested();

  const { switches, rest } = isLong ? matchWord(words, text) : matchSwitches(words, text);
  for (const flag of switches) {
    give(values, flag, '');
    times.set(flag.name, (times.get(flag.name) ?? 0) + 1);
  }
  if (rest === '' && switches.length > 0) return at;

  const match = matchValueFlag(words, rest, isLong);
  if (!match) {
    if (switches.length === 0) throw new UsageError(`error: unknown option \`${text}'`, text);
    positional.push(rest);
    return at;
  }
  const { flag, value } = match;
  if (value !== undefined) {
    give(values, flag, value);
    return at;
  }
  if (flag.list) {
    const end = args.findIndex((argument, i) => i > at && argument.startsWith('-'));
    const list = args.slice(at + 1, end < 0 ? args.length : end);
    give(values, flag, list.join(','));
    return at + list.length;
  }
  const next = args[at + 1];
  const nextIsFlag = next !== undefined && /^--?/.test(next) && (next === '--' || words.has(next.replace(/^--?/, '')));
  if (flag.optional && (next === undefined || nextIsFlag)) {
    give(values, flag, '');
    return at;
  }
  if (next === undefined) throw new UsageError(`error: no value for option \`${flag.name}'`);
  give(values, flag, next);
  return at + 1;
}

function give(values: Map<string, string>, flag: Flag, value: string): void {
  if (values.has(flag.name) && !flag.repeatable) {
    throw new UsageError(`error: multiple values provided for \`${flag.name}'`);
  }
  values.set(flag.name, value);
}

const byLength = (a: string, b: string): number => b.length - a.length;

/** With two dashes switches do not run together: what is nearly a word is a misspelt one. */
function matchWord(words: ReadonlyMap<string, Flag>, text: string): { switches: Flag[]; rest: string } {
  const flag = words.get(text);
  return flag !== undefined && flag.value === undefined ? { switches: [flag], rest: '' } : { switches: [], rest: text };
}

/** Takes switches off the front of `text`, the longest words first, each once. */
function matchSwitches(words: ReadonlyMap<string, Flag>, text: string): { switches: Flag[]; rest: string } {
  const valueWords = [...words].filter(([, flag]) => flag.value !== undefined).map(([word]) => word);
  const candidates = [...words].filter(([, flag]) => flag.value === undefined).map(([word]) => word);
  candidates.sort(byLength);
  const switches: Flag[] = [];
  let rest = text;
  for (;;) {
    if (valueWords.some((word) => rest === word || rest.startsWith(`${word}=`))) break;
    const found = candidates.findIndex((word) => rest.startsWith(word));
    if (found < 0) break;
    const flag = words.get(candidates[found]!)!;
    rest = rest.slice(candidates[found]!.length);
    switches.push(flag);
    if (!flag.repeatable) candidates.splice(found, 1);
  }
  return { switches, rest };
}

/** The flag with a value that `text` starts with; only short flags may have the value glued to them. */
function matchValueFlag(
  words: ReadonlyMap<string, Flag>,
  text: string,
  isLong: boolean,
): { flag: Flag; value: string | undefined } | undefined {
  const candidates = [...words].filter(([word, flag]) => flag.value !== undefined && text.startsWith(word));
  candidates.sort(([a], [b]) => byLength(a, b));
  const [best] = candidates;
  if (!best) return undefined;
  const [word, flag] = best;
  const glued = text.slice(word.length);
  if (glued !== '' && isLong && !/^[ =:]/.test(glued)) return undefined;
  const value = glued.replace(/^[ =:]+/, '');
  return { flag, value: value === '' ? undefined : value };
}

function tooMany(rules: ArgumentRules, most: number, given: readonly string[]): UsageError {
  if (rules.tooMany !== undefined) return new UsageError(rules.tooMany);
  const list = given.join(', ');
  return new UsageError(
    most === 0
      ? `error: ${rules.name} does not take positional arguments, but found ${given.length}: ${list}`
      : `error: ${rules.name} has too many positional arguments. Expected at most ${most}, found ${given.length}: ${list}`,
  );
}

/** How many generations of history a flag asks for. Throws `UsageError`, with Git's words, where the original clones all. */
export function generationsOf(parsed: ParsedArguments, flag: string): number | undefined {
  const text = parsed.value(flag);
  if (text === undefined) return undefined;
  if (!/^0*[1-9]\d*$/.test(text)) throw new UsageError(`error: ${flag} ${text} is not a positive number`);
  return Number(text);
}
