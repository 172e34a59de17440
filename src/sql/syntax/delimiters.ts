/**
 * Where statements end in a text that nobody has parsed: at the delimiter, outside of quotes and comments. `DELIMITER //`
 * on a line of its own is a command of the shell, not SQL: it says what ends statements from there on.
 */

/** The delimiter that a line sets; undefined when the text at `from` is no such command. */
export function delimiterCommand(text: string, from: number): { delimiter: string; end: number } | undefined {
  if (text.slice(from, from + 9).toLowerCase() !== 'delimiter') return undefined;
  const newline = text.indexOf('\n', from);
  const end = newline < 0 ? text.length : newline;
  const match = /^[ \t]+(\S+)\s*$/.exec(text.slice(from + 9, end));
  return match === null ? undefined : { delimiter: match[1]!, end };
}

const QUOTES = new Set(["'", '"', '`']);

/** The offset of the next delimiter at or after `from`; the text's length when there is none. */
export function findDelimiter(text: string, from: number, delimiter: string): number {
  return scan(text, from, delimiter).at;
}

/**
 * Whether a text typed so far holds only complete statements, so that a shell may run it: it ends with the delimiter
 * (which a DELIMITER command in it may have changed), and nothing is open.
 */
export function isComplete(text: string, delimiter = ';'): boolean {
  let current = delimiter;
  let at = 0;
  for (;;) {
    at = skipBlank(text, at);
    if (at >= text.length) return true;
    const command = delimiterCommand(text, at);
    if (command !== undefined) {
      current = command.delimiter;
      at = command.end;
      continue;
    }
    const end = scan(text, at, current);
    if (!end.found) return false;
    at = end.at + current.length;
  }
}

/** Blanks and comments. */
function skipBlank(text: string, from: number): number {
  let at = from;
  for (;;) {
    while (at < text.length && text.charCodeAt(at) <= 32) at++;
    const after = commentEnd(text, at);
    if (after === at) return at;
    at = after;
  }
}

/** The offset after the comment that begins at `at`; `at` when none does. */
function commentEnd(text: string, at: number): number {
  const first = text[at];
  if (first === '#' || (first === '-' && /^--(\s|$)/.test(text.slice(at, at + 3)))) return endOfLine(text, at);
  if (first !== '/' || text[at + 1] !== '*') return at;
  const close = text.indexOf('*/', at + 2);
  return close < 0 ? text.length : close + 2;
}

function scan(text: string, from: number, delimiter: string): { at: number; found: boolean } {
  const first = delimiter[0]!;
  for (let at = from; at < text.length; at++) {
    const character = text[at]!;
    if (character === first && text.startsWith(delimiter, at)) return { at, found: true };
    if (QUOTES.has(character)) at = endOfQuoted(text, at, character);
    else {
      const after = commentEnd(text, at);
      if (after > at) at = after - 1;
    }
  }
  return { at: text.length, found: false };
}

/** The offset of the closing quote; a doubled one is read as two strings, which comes to the same. */
function endOfQuoted(text: string, from: number, quote: string): number {
  for (let at = from + 1; at < text.length; at++) {
    if (text[at] === quote) return at;
    if (text[at] === '\\' && quote !== '`') at++;
  }
  return text.length;
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
}
