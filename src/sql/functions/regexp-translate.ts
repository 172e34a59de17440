/**
 * Regular expressions in ICU's syntax as JavaScript's. What JavaScript lacks is rewritten (`\h`, `\R`, `[[:alpha:]]`,
 * `\A`, `\Z`, `(?i)` at the front, `\Q…\E`, possessive and atomic groups as look-ahead captures); what cannot be is
 * an error that names it.
 */
import { regexpError } from '../types/sql-error.ts';

export interface Translated {
  readonly source: string;
  readonly flags: string;
  /** Matching may take more than a small power of the text's length. */
  readonly isRisky: boolean;
  /** Something repeats without bound: even at its best, matching may take the square of the text's length. */
  readonly repeats: boolean;
}

/** An open group. */
interface Group {
  /** It can match a text in several ways, so that its repetition may take exponential time. */
  varies: boolean;
  /** What its alternatives begin with, in lower case. */
  readonly begins: string[];
}

const CLASSES: Readonly<Record<string, string>> = {
  alpha: '\\p{L}',
  digit: '\\p{Nd}',
  alnum: '\\p{L}\\p{Nd}',
  upper: '\\p{Lu}',
  lower: '\\p{Ll}',
  space: '\\s',
  blank: ' \\t',
  punct: '\\p{P}',
  cntrl: '\\p{Cc}',
  graph: '\\p{L}\\p{M}\\p{N}\\p{P}\\p{S}',
  print: '\\p{L}\\p{M}\\p{N}\\p{P}\\p{S}\\p{Zs}',
  xdigit: '0-9A-Fa-f',
  word: '\\p{L}\\p{Nd}_',
};
const SYNTAX = /[\^$\\.*+?()[\]{}|/]/;

/** Whether two alternatives may match the same text: not, where each begins with a letter or digit of its own. */
function mayOverlap(begins: readonly string[]): boolean {
  if (begins.length === 1) return false;
  return new Set(begins).size < begins.length || begins.some((begin) => !/^[\p{L}\p{N}]$/u.test(begin));
}

class Translator {
  readonly #pattern: string;
  #at = 0;
  #flags: Set<string>;
  #out = '';
  readonly #groups: Group[] = [];
  #repetitions = 0;
  #options = 0;
  #isRisky = false;
  #extended = false;
  #lastVaries = false;

  constructor(pattern: string, flags: Set<string>) {
    this.#pattern = pattern;
    this.#flags = flags;
  }

  translate(): Translated {
    this.#leadingFlags();
    while (this.#at < this.#pattern.length) this.#step();
    return {
      source: this.#out,
      flags: [...this.#flags].join(''),
      isRisky: this.#isRisky || this.#repetitions > 3 || this.#options > 10 || /\\[1-9]/.test(this.#out),
      repeats: this.#repetitions > 0,
    };
  }

  #leadingFlags(): void {
    const match = /^\(\?([a-z]*)(?:-[a-z]*)?\)/.exec(this.#pattern);
    if (match === null) return;
    for (const flag of match[1]!) this.#flag(flag);
    this.#at = match[0].length;
  }
  #flag(flag: string): void {
    if (flag === 'x') this.#extended = true;
    else if (flag === 'i' || flag === 'm' || flag === 's') this.#flags.add(flag);
    else if (flag !== 'u' && flag !== 'w') throw regexpError(`The regular expression flag '${flag}' is not supported.`);
  }

  #emit(text: string): void {
    this.#out += text;
    this.#lastVaries = false;
  }

  #step(): void {
    const character = this.#pattern[this.#at]!;
    switch (character) {
      case '\\':
        this.#escape();
        return;
      case '[':
        this.#emit(this.#set());
        return;
      case '(':
        this.#open();
        return;
      case ')': {
        const group = this.#groups.pop();
        if (group === undefined) throw regexpError('Mismatched parenthesis in regular expression.');
        this.#at++;
        this.#emit(')');
        const varies = group.varies || mayOverlap(group.begins);
        this.#lastVaries = varies;
        if (varies) this.#markInside();
        return;
      }
      case '|':
        this.#at++;
        this.#emit('|');
        this.#groups.at(-1)?.begins.push(this.#nextCharacter());
        return;
      case '*':
      case '+':
      case '?':
      case '{':
        this.#quantifier(character);
        return;
      case '}':
      case ']':
        this.#at++;
        this.#emit(`\\${character}`);
        return;
      case '#':
        if (this.#extended) {
          while (this.#at < this.#pattern.length && this.#pattern[this.#at] !== '\n') this.#at++;
          return;
        }
        break;
      default:
        if (this.#extended && /\s/.test(character)) {
          this.#at++;
          return;
        }
    }
    const code = this.#pattern.codePointAt(this.#at)!;
    const whole = String.fromCodePoint(code);
    this.#at += whole.length;
    this.#emit(whole === '/' ? '\\/' : whole);
  }

  #markInside(): void {
    const group = this.#groups.at(-1);
    if (group !== undefined) group.varies = true;
  }

  #nextCharacter(): string {
    return (this.#pattern[this.#at] ?? '').toLowerCase();
  }

  #openGroup(): void {
    this.#groups.push({ varies: false, begins: [this.#nextCharacter()] });
  }

  #open(): void {
    const rest = this.#pattern.slice(this.#at);
    const special = /^\(\?(?:#[^)]*\)|<?[=!]|:|>|<[A-Za-z][A-Za-z0-9]*>|[a-z-]+[:)])/.exec(rest);
    if (special === null) {
      if (rest.startsWith('(?')) throw regexpError('Syntax error in regular expression.');
      this.#at++;
      this.#openGroup();
      this.#emit('(');
      return;
    }
    const text = special[0];
    this.#at += text.length;
    if (text.startsWith('(?#')) return;
    if (text === '(?>') throw regexpError('Atomic groups are not supported in regular expressions.');
    if (/^\(\?[a-z-]+\)$/.test(text)) {
      // Flags in the middle: taken for the whole pattern.
      for (const flag of text.slice(2, -1).split('-')[0]!) this.#flag(flag);
      return;
    }
    if (/^\(\?[a-z-]+:$/.test(text)) {
      for (const flag of text.slice(2, -1).split('-')[0]!) this.#flag(flag);
      this.#openGroup();
      this.#emit('(?:');
      return;
    }
    this.#openGroup();
    this.#emit(text);
  }

  #quantifier(character: string): void {
    let text = character;
    if (character === '{') {
      const match = /^\{\s*(\d+)\s*(?:(,)\s*(\d*)\s*)?\}/.exec(this.#pattern.slice(this.#at));
      if (match === null) throw regexpError('The regular expression contains bad interval.');
      text = `{${match[1]}${match[2] ?? ''}${match[3] ?? ''}}`;
      this.#at += match[0].length;
    } else this.#at++;
    if (this.#out === '' || /(?:^|[^\\])[(|]$/.test(this.#out)) {
      throw regexpError('Syntax error in regular expression on line 1, character 1.');
    }
    const isUnbounded = character === '*' || character === '+' || /,\}$/.test(text);
    const most = /(\d+)\}$/.exec(text);
    const isMany = isUnbounded || (most !== null && Number(most[1]) > 10);
    if (isMany) {
      this.#repetitions++;
      // A repetition of something that matches in several ways can take exponential time.
      if (this.#lastVaries) this.#isRisky = true;
    } else if (!/^\{\d+\}$/.test(text)) this.#options++;
    this.#markInside();
    const next = this.#pattern[this.#at];
    if (next === '?') {
      this.#at++;
      text += '?';
    } else if (next === '+') this.#at++;
    this.#out += text;
  }

  #escape(): void {
    const next = this.#pattern[this.#at + 1];
    if (next === undefined) throw regexpError('Unrecognized escape sequence in regular expression.');
    this.#at += 2;
    switch (next) {
      case 'Q': {
        const end = this.#pattern.indexOf('\\E', this.#at);
        const quoted = this.#pattern.slice(this.#at, end < 0 ? undefined : end);
        this.#at = end < 0 ? this.#pattern.length : end + 2;
        this.#emit(quoted.replace(/[\^$\\.*+?()[\]{}|/]/g, '\\$&'));
        return;
      }
      case 'E':
        return;
      case 'A':
        this.#emit('(?<![\\s\\S])');
        return;
      case 'Z':
        this.#emit('(?=\\n?(?![\\s\\S]))');
        return;
      case 'z':
        this.#emit('(?![\\s\\S])');
        return;
      case 'h':
        this.#emit('[ \\t\\u00a0\\u1680\\u2000-\\u200a\\u202f\\u205f\\u3000]');
        return;
      case 'H':
        this.#emit('[^ \\t\\u00a0\\u1680\\u2000-\\u200a\\u202f\\u205f\\u3000]');
        return;
      case 'R':
        this.#emit('(?:\\r\\n|[\\n\\v\\f\\r\\u0085\\u2028\\u2029])');
        return;
      case 'v':
        this.#emit('[\\n\\v\\f\\r\\u0085\\u2028\\u2029]');
        return;
      case 'a':
        this.#emit('\\u0007');
        return;
      case 'e':
        this.#emit('\\u001b');
        return;
      case 'X':
        this.#emit('(?:\\P{M}\\p{M}*)');
        return;
      default:
        this.#emit(this.#plainEscape(next));
        return;
    }
  }

  /** An escape that is the same in both languages, inside or outside a set. */
  #plainEscape(next: string): string {
    if (/[dDwWsSbBtnrf]/.test(next)) return `\\${next}`;
    if (/[1-9]/.test(next)) return `\\${next}`;
    if (next === '0') return '\\0';
    const rest = this.#pattern.slice(this.#at);
    if (next === 'p' || next === 'P') {
      const match = /^\{\^?([^}]*)\}/.exec(rest);
      if (match === null) throw regexpError('Unrecognized escape sequence in regular expression.');
      this.#at += match[0].length;
      const posix = CLASSES[match[1]!.toLowerCase()];
      if (posix !== undefined && /^\\p\{\w+\}$/.test(posix)) return next === 'P' ? posix.replace('\\p', '\\P') : posix;
      return `\\${next}{${match[1]}}`;
    }
    if (next === 'u' || next === 'x' || next === 'U') {
      const match =
        next === 'x'
          ? /^(?:\{([0-9A-Fa-f]+)\}|([0-9A-Fa-f]{1,2}))/.exec(rest)
          : next === 'u'
            ? /^([0-9A-Fa-f]{4})/.exec(rest)
            : /^([0-9A-Fa-f]{8})/.exec(rest);
      if (match === null) throw regexpError('Unrecognized escape sequence in regular expression.');
      this.#at += match[0].length;
      return `\\u{${match[1] ?? match[2]}}`;
    }
    if (next === 'k' && rest.startsWith('<')) return '\\k';
    return SYNTAX.test(next) || next === '-' ? `\\${next}` : next;
  }

  #set(): string {
    this.#at++;
    let out = '[';
    if (this.#pattern[this.#at] === '^') {
      out += '^';
      this.#at++;
    }
    let first = true;
    for (;;) {
      const character = this.#pattern[this.#at];
      if (character === undefined) throw regexpError('The regular expression contains an unclosed bracket expression.');
      if (character === ']' && !first) {
        this.#at++;
        return `${out}]`;
      }
      first = false;
      if (character === '[') {
        const posix = /^\[:(\^?)(\w+):\]/.exec(this.#pattern.slice(this.#at));
        if (posix === null) {
          // A nested set is a union.
          const inner = this.#set();
          if (inner.startsWith('[^'))
            throw regexpError('Negated sets inside sets are not supported in regular expressions.');
          out += inner.slice(1, -1);
          continue;
        }
        const known = CLASSES[posix[2]!.toLowerCase()];
        if (known === undefined) throw regexpError('Illegal argument to a regular expression.');
        this.#at += posix[0].length;
        out += posix[1] === '' ? known : known.replace('\\p', '\\P');
        continue;
      }
      if (character === '\\') {
        const next = this.#pattern[this.#at + 1] ?? '';
        this.#at += 2;
        if (next === 'h') out += ' \\t\\u00a0\\u2000-\\u200a\\u3000';
        else out += this.#plainEscape(next);
        continue;
      }
      if (this.#pattern.startsWith('&&', this.#at) || this.#pattern.startsWith('--', this.#at)) {
        throw regexpError('Set operations are not supported in regular expressions.');
      }
      const whole = String.fromCodePoint(this.#pattern.codePointAt(this.#at)!);
      this.#at += whole.length;
      out += /[[\]{}()/|^]/.test(whole) ? `\\${whole}` : whole;
    }
  }
}

/** Throws ER_REGEXP_…; `flags` are JavaScript's. */
export function translateRegexp(pattern: string, flags: Set<string>): Translated {
  return new Translator(pattern, flags).translate();
}
