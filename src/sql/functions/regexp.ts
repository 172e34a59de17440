/**
 * REGEXP_LIKE and its like. Patterns that may take exponential time run under a time limit (ER_REGEXP_TIME_OUT), over long
 * texts all that repeat something; the others, which is nearly all, run at once.
 */
import type * as Vm from 'node:vm';
import type { Value } from '../../tuple/value.ts';
import { commonCollation, textType } from '../expressions/coerce.ts';
import type { Expression } from '../expressions/expression.ts';
import { regexpError, regexpTimeout } from '../types/sql-error.ts';
import { INT } from '../types/sql-type.ts';
import { asInteger, asText, count, textual } from './arguments.ts';
import { translateRegexp } from './regexp-translate.ts';
import type { ScalarFunction, Signature } from './scalar-function.ts';
import { characterPosition, indexOfPosition, lengthOf } from './text.ts';

const TIME_LIMIT = 1000;

/** Characters that no pattern takes long for, and from how many on every repetition may. */
const SHORT = 15;
const LONG = 5000;

export interface Regexp {
  /** The match at or after a UTF-16 index. Throws ER_REGEXP_TIME_OUT. */
  exec(text: string, from: number): RegExpExecArray | null;
}

let runner: { script: Vm.Script; context: Vm.Context } | undefined;

function execBounded(regexp: RegExp, text: string): RegExpExecArray | null {
  if (runner === undefined) {
    const vm = process.getBuiltinModule('node:vm');
    runner = { script: new vm.Script('regexp.exec(text)'), context: vm.createContext({ regexp: undefined, text: '' }) };
  }
  runner.context['regexp'] = regexp;
  runner.context['text'] = text;
  try {
    return runner.script.runInContext(runner.context, { timeout: TIME_LIMIT }) as RegExpExecArray | null;
  } catch (error) {
    if ((error as { code?: string }).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw regexpTimeout();
    throw error;
  }
}

/** `match` are MySQL's match_type letters over the default that the collation gives. */
export function compileRegexp(pattern: string, match: string, isCaseInsensitive: boolean): Regexp {
  if (pattern === '') throw regexpError('Illegal argument to a regular expression.');
  const flags = new Set(['g', 'u']);
  if (isCaseInsensitive) flags.add('i');
  for (const letter of match) {
    if (letter === 'c') flags.delete('i');
    else if (letter === 'i' || letter === 'm') flags.add(letter);
    else if (letter === 'n') flags.add('s');
    else if (letter !== 'u') throw regexpError('Incorrect arguments to regexp_like');
  }
  const translated = translateRegexp(pattern, flags);
  let regexp: RegExp;
  try {
    regexp = new RegExp(translated.source, translated.flags);
  } catch {
    throw regexpError('Syntax error in regular expression on line 1, character 1.');
  }
  return {
    exec(text, from) {
      regexp.lastIndex = from;
      const isBounded = translated.isRisky ? text.length > SHORT : translated.repeats && text.length > LONG;
      return isBounded ? execBounded(regexp, text) : regexp.exec(text);
    },
  };
}

type Run = (regexp: Regexp, args: readonly Value[]) => Value;

/**
 * All four take a subject and a pattern first; `kinds` says what follows: `t` text, `i` integers. The last argument is
 * the match type.
 */
function regexpFunction(
  name: string,
  kinds: string,
  minimum: number,
  result: (args: readonly Expression[]) => Signature['type'],
  run: Run,
  aliases: readonly string[] = [],
): ScalarFunction {
  return {
    name,
    aliases,
    minArguments: minimum,
    maxArguments: kinds.length,
    bind(given): Signature {
      const args = given.map((argument, at) => (kinds[at] === 't' ? asText(argument) : asInteger(argument)));
      const insensitive = /_ci$/.test(commonCollation(args.slice(0, 2), name));
      let lastPattern: string | undefined;
      let lastMatch: string | undefined;
      let regexp: Regexp | undefined;
      return {
        type: result(args),
        args,
        nullable: true,
        apply: (values) => {
          const pattern = values[1] as string;
          const match = values.length === kinds.length ? (values[kinds.length - 1] as string) : '';
          if (regexp === undefined || pattern !== lastPattern || match !== lastMatch) {
            regexp = compileRegexp(pattern, match, insensitive);
            lastPattern = pattern;
            lastMatch = match;
          }
          return run(regexp, values);
        },
      };
    },
  };
}

function start(text: string, position: Value | undefined): number {
  const at = position === undefined ? 1 : count(position);
  if (at < 1 || at > lengthOf(text) + 1) throw regexpError('Index out of bounds in regular expression search.');
  return indexOfPosition(text, at);
}

/** The match that `occurrence` counts from `position` on; the first of both unless told. */
function nth(
  regexp: Regexp,
  text: string,
  position: Value | undefined,
  occurrence: Value | undefined,
): RegExpExecArray | null {
  let at = start(text, position);
  const wanted = occurrence === undefined ? 1 : count(occurrence);
  for (let found = 1; ; found++) {
    const match = regexp.exec(text, at);
    if (match === null || found >= wanted) return match;
    at = match.index + Math.max(1, match[0].length);
    if (at > text.length) return null;
  }
}

/** `$1` and `\$` in a replacement. */
function expand(replacement: string, match: RegExpExecArray): string {
  return replacement.replace(/\\(.)|\$(\d)/gs, (_whole, escaped: string | undefined, group: string | undefined) =>
    escaped !== undefined ? escaped : (match[Number(group)] ?? ''),
  );
}

function replace(regexp: Regexp, text: string, replacement: string, from: number, occurrence: number): string {
  let result = text.slice(0, from);
  let done = from;
  let at = from;
  for (let found = 1; at <= text.length; found++) {
    const match = regexp.exec(text, at);
    if (match === null) break;
    if (occurrence === 0 || found === occurrence) {
      result += text.slice(done, match.index) + expand(replacement, match);
      done = match.index + match[0].length;
      if (occurrence !== 0) break;
    }
    at = match.index + Math.max(1, match[0].length);
  }
  return result + text.slice(done);
}

const ofText = (args: readonly Expression[]) => textType(textual(args.slice(0, 1)), 'regexp');

export const regexpFunctions: readonly ScalarFunction[] = [
  regexpFunction(
    'regexp_like',
    'ttt',
    2,
    () => INT,
    (regexp, [text]) => (regexp.exec(text as string, 0) === null ? 0 : 1),
    ['regexp', 'rlike'],
  ),
  regexpFunction(
    'regexp_instr',
    'ttiiit',
    2,
    () => INT,
    (regexp, [given, , position, occurrence, option]) => {
      const text = given as string;
      const match = nth(regexp, text, position, occurrence);
      if (match === null) return 0;
      const isEnd = option !== undefined && count(option) === 1;
      return characterPosition(text, isEnd ? match.index + match[0].length : match.index);
    },
  ),
  regexpFunction('regexp_substr', 'ttiit', 2, ofText, (regexp, [given, , position, occurrence]) => {
    const text = given as string;
    const match = nth(regexp, text, position, occurrence);
    return match === null ? null : match[0];
  }),
  regexpFunction('regexp_replace', 'tttiit', 3, ofText, (regexp, [given, , replacement, position, occurrence]) => {
    const text = given as string;
    const wanted = occurrence === undefined ? 0 : count(occurrence);
    return replace(regexp, text, replacement as string, start(text, position), Math.max(0, wanted));
  }),
];
