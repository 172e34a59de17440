/**
 * Functions that make strings of strings (MySQL manual, "String Functions and Operators"). Of binary strings, CONCAT, SUBSTRING
 * and their like work on bytes and give bytes.
 */
import type { Value } from '../../tuple/value.ts';
import { textType } from '../expressions/coerce.ts';
import type { EvaluationContext } from '../expressions/evaluation-context.ts';
import type { Expression } from '../expressions/expression.ts';
import { isBytes, LONGBLOB } from '../types/sql-type.ts';
import { asBytes, asInteger, asText, count, MAX_PACKET, textFunction, textual } from './arguments.ts';
import { formatFunction } from './format-number.ts';
import type { Apply, ScalarFunction, Signature } from './scalar-function.ts';
import { lengthOf, sliceCharacters, substring } from './text.ts';

function tooLong(name: string, context: EvaluationContext): null {
  context.session.warn({
    level: 'Warning',
    code: 1301,
    message: `Result of ${name}() was larger than max_allowed_packet (${MAX_PACKET}) - truncated`,
  });
  return null;
}

const latin1 = (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');

const fromLatin1 = (text: string) => new Uint8Array(Buffer.from(text, 'latin1'));

/**
 * A function whose subject may be binary: then the string arguments are bytes, passed as Latin-1 text, and so is the
 * result. `subjects` are the positions of its string arguments.
 */
function overText(
  name: string,
  minimum: number,
  maximum: number,
  subjects: readonly number[],
  apply: (args: readonly Value[], context: EvaluationContext) => Value,
  aliases: readonly string[] = [],
): ScalarFunction {
  return {
    name,
    aliases,
    minArguments: minimum,
    maxArguments: maximum,
    bind(given): Signature {
      const isString = (at: number) => subjects.includes(at);
      const binary = given.some((argument, at) => isString(at) && isBytes(argument.type) && !isHexText(argument));
      const args = given.map((argument, at) =>
        isString(at) ? (binary ? asBytes(argument) : asText(argument)) : asInteger(argument),
      );
      if (!binary) return { type: textType(textual(args), name), args, apply, nullable: true };
      const bytesApply: Apply = (values, context) => {
        const result = apply(
          values.map((value) => (value instanceof Uint8Array ? latin1(value) : value)),
          context,
        );
        return typeof result === 'string' ? fromLatin1(result) : result;
      };
      return { type: LONGBLOB, args, apply: bytesApply, nullable: true };
    },
  };
}

/** A hexadecimal literal beside text counts as text, as users mean it. */
function isHexText(argument: Expression): boolean {
  return argument.type.kind === 'varbinary' && argument.type.hexadecimal === true;
}

const concat: ScalarFunction = {
  name: 'concat',
  minArguments: 1,
  maxArguments: Number.POSITIVE_INFINITY,
  bind(given) {
    if (given.some((argument) => isBytes(argument.type) && !isHexText(argument))) {
      return {
        type: LONGBLOB,
        args: given.map(asBytes),
        apply: (args) => new Uint8Array(Buffer.concat(args as Uint8Array[])),
      };
    }
    return {
      type: textType(textual(given), 'concat'),
      args: given.map(asText),
      apply: (args, context) => {
        let joined = '';
        for (const part of args) joined += part as string;
        return joined.length > MAX_PACKET ? tooLong('concat', context) : joined;
      },
    };
  },
};

const concatWs: ScalarFunction = {
  name: 'concat_ws',
  minArguments: 2,
  maxArguments: Number.POSITIVE_INFINITY,
  bind(given) {
    return {
      type: textType(textual(given), 'concat_ws'),
      args: given.map(asText),
      nullable: given[0]!.nullable,
      handlesNull: true,
      apply: ([separator, ...parts]) =>
        separator === null ? null : parts.filter((part) => part !== null).join(separator as string),
    };
  },
};

function trimmer(name: string, leading: boolean, trailing: boolean): ScalarFunction {
  return overText(name, 1, 2, [0, 1], ([given, remove = ' ']) => {
    let text = given as string;
    const cut = remove as string;
    if (cut === '') return text;
    if (leading) {
      let at = 0;
      while (text.startsWith(cut, at)) at += cut.length;
      text = text.slice(at);
    }
    if (trailing) {
      let end = text.length;
      while (end >= cut.length && text.endsWith(cut, end)) end -= cut.length;
      text = text.slice(0, end);
    }
    return text;
  });
}

function padder(name: string, left: boolean): ScalarFunction {
  return overText(name, 3, 3, [0, 2], ([given, size, filling], context) => {
    const text = given as string;
    const length = count(size!);
    const fill = filling as string;
    if (length < 0) return null;
    if (length > MAX_PACKET) return tooLong(name, context);
    const own = lengthOf(text);
    if (own >= length) return sliceCharacters(text, 0, length);
    if (fill === '') return '';
    const missing = length - own;
    const padding = sliceCharacters(fill.repeat(Math.ceil(missing / lengthOf(fill))), 0, missing);
    return left ? padding + text : text + padding;
  });
}

function substringIndex(text: string, delimiter: string, times: number): string {
  if (delimiter === '' || times === 0) return '';
  const parts = text.split(delimiter);
  return (times > 0 ? parts.slice(0, times) : parts.slice(times)).join(delimiter);
}

const SOUNDEX = '01230120022455012623010202';

function soundex(text: string): string {
  let code = '';
  let last = '';
  for (const character of text.toUpperCase()) {
    if (!/\p{L}/u.test(character)) continue;
    const digit = /[A-Z]/.test(character) ? SOUNDEX[character.charCodeAt(0) - 65]! : '0';
    if (code === '') code = character;
    else if (digit === '0' || digit === last) continue;
    else code += digit;
    last = digit;
  }
  return code === '' ? '' : code.padEnd(4, '0');
}

const QUOTED: Readonly<Record<string, string>> = { '\\': '\\\\', "'": "\\'", '\0': '\\0', '\x1a': '\\Z' };

function quote(value: Value): string {
  if (value === null) return 'NULL';
  let quoted = '';
  for (const character of value as string) quoted += QUOTED[character] ?? character;
  return `'${quoted}'`;
}

function changeCase(name: string, change: (text: string) => string, alias: string): ScalarFunction {
  return {
    name,
    aliases: [alias],
    minArguments: 1,
    maxArguments: 1,
    bind([given]) {
      // Binary strings have no case.
      if (isBytes(given!.type)) return { expression: given! };
      const subject = asText(given!);
      return { type: textType([subject], name), args: [subject], apply: ([text]) => change(text as string) };
    },
  };
}

/** Simple case mapping: a character that would become several stays as it is. */
function runeByRune(text: string, whole: string, change: (rune: string) => string): string {
  if (whole.length === text.length) return whole;
  let changed = '';
  for (const rune of text) {
    const other = change(rune);
    changed += lengthOf(other) === 1 ? other : rune;
  }
  return changed;
}

export const stringFunctions: readonly ScalarFunction[] = [
  concat,
  concatWs,
  formatFunction,
  changeCase('upper', (text) => runeByRune(text, text.toUpperCase(), (rune) => rune.toUpperCase()), 'ucase'),
  changeCase('lower', (text) => runeByRune(text, text.toLowerCase(), (rune) => rune.toLowerCase()), 'lcase'),
  trimmer('trim', true, true),
  trimmer('ltrim', true, false),
  trimmer('rtrim', false, true),
  padder('lpad', true),
  padder('rpad', false),
  overText('left', 2, 2, [0], ([text, size]) => sliceCharacters(text as string, 0, Math.max(0, count(size!)))),
  overText('right', 2, 2, [0], ([text, size]) => {
    const length = count(size!);
    return length <= 0 ? '' : sliceCharacters(text as string, Math.max(0, lengthOf(text as string) - length));
  }),
  overText(
    'substring',
    2,
    3,
    [0],
    ([text, position, length]) =>
      substring(text as string, count(position!), length === undefined ? 0x7fff_ffff : count(length)),
    ['substr', 'mid'],
  ),
  overText('substring_index', 3, 3, [0, 1], ([text, delimiter, times]) =>
    substringIndex(text as string, delimiter as string, count(times!)),
  ),
  overText('repeat', 2, 2, [0], ([text, times], context) => {
    const repeats = count(times!);
    if (repeats <= 0) return '';
    return (text as string).length * repeats > MAX_PACKET
      ? tooLong('repeat', context)
      : (text as string).repeat(repeats);
  }),
  overText('replace', 3, 3, [0, 1, 2], ([text, from, to]) =>
    from === '' ? text! : (text as string).replaceAll(from as string, () => to as string),
  ),
  overText('reverse', 1, 1, [0], ([text]) => [...(text as string)].reverse().join('')),
  overText('insert', 4, 4, [0, 3], ([given, position, length, inserted]) => {
    const text = given as string;
    const start = count(position!);
    const total = lengthOf(text);
    if (start < 1 || start > total) return text;
    const cut = count(length!);
    const end = cut < 0 || start - 1 + cut > total ? total : start - 1 + cut;
    return sliceCharacters(text, 0, start - 1) + (inserted as string) + sliceCharacters(text, end);
  }),
  textFunction('space', [asInteger], ([size], context) =>
    count(size!) > MAX_PACKET ? tooLong('space', context) : ' '.repeat(Math.max(0, count(size!))),
  ),
  textFunction('soundex', [asText], ([text]) => soundex(text as string)),
  {
    name: 'quote',
    minArguments: 1,
    maxArguments: 1,
    bind: ([given]) => ({
      type: textType(textual([given!]), 'quote'),
      args: [asText(given!)],
      nullable: false,
      handlesNull: true,
      apply: ([text]) => quote(text!),
    }),
  },
];
