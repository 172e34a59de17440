/** Marks around code that other servers take for a comment, as dumps write them: `/*!50001 CREATE VIEW … *\/`. */
import { SERVER_VERSION } from './lexer.ts';

/** Blanks between a mark and its code are few. */
const LOOKED_AT = 32;

/** The marks in front of code and behind it, where what begins at `start` and ends at `end` stands in them; else ''. */
export function codeMarksAround(
  script: string,
  start: number,
  end: number,
): { readonly open: string; readonly close: string } {
  const open = /\/\*!(\d{5,6})?\s*$/.exec(script.slice(Math.max(0, start - LOOKED_AT), start));
  const close = /^\s*\*\//.exec(script.slice(end, end + LOOKED_AT));
  return { open: open?.[0] ?? '', close: close?.[0] ?? '' };
}

/** One pass: strings, quoted names and comments stay as they are, marks go, and code for later servers goes with them. */
export function withoutCodeMarks(source: string): string {
  if (!source.includes('*/') && !source.includes('/*!')) return source;
  let result = '';
  let copied = 0;
  let at = 0;
  while (at < source.length) {
    const end = endOfQuoted(source, at) ?? endOfComment(source, at);
    const mark = end === undefined ? endOfMark(source, at) : undefined;
    if (mark !== undefined) {
      result += source.slice(copied, at);
      copied = mark;
    }
    at = end ?? mark ?? at + 1;
  }
  return result + source.slice(copied);
}

function endOfQuoted(source: string, at: number): number | undefined {
  const quote = source[at]!;
  if (quote !== "'" && quote !== '"' && quote !== '`') return undefined;
  let end = at + 1;
  while (end < source.length && source[end] !== quote) end += source[end] === '\\' && quote !== '`' ? 2 : 1;
  return end + 1;
}

function endOfComment(source: string, at: number): number | undefined {
  if (source[at] === '#' || (source.startsWith('--', at) && !(source.charCodeAt(at + 2) > 32)))
    return after(source, '\n', at);
  if (!source.startsWith('/*', at) || source[at + 2] === '!') return undefined;
  return after(source, '*/', at + 2);
}

/** `/*!` with its version, or with all that it holds where that is for later servers; `*` and `/` that end one. */
function endOfMark(source: string, at: number): number | undefined {
  if (source.startsWith('*/', at)) return source[at + 2] === '*' ? undefined : at + 2;
  if (!source.startsWith('/*!', at)) return undefined;
  const version = /^\d{5,6}/.exec(source.slice(at + 3, at + 9))?.[0] ?? '';
  return Number(version) > SERVER_VERSION ? after(source, '*/', at) : at + 3 + version.length;
}

function after(source: string, text: string, from: number): number {
  const found = source.indexOf(text, from);
  return found < 0 ? source.length : found + text.length;
}
