/**
 * Changes of single keys in the text of an INI file: comments, order, blanks and the spelling of everything else stay as a
 * person has written them. Names are dotted and in lower case, as `Config` has them.
 */
import { safe, unsafe } from 'ini';

interface Line {
  readonly text: string;
  /** The section it stands in, or opens. */
  readonly section: string;
  readonly kind: 'header' | 'key' | 'comment' | 'blank';
  /** Of a key, with its section. */
  readonly name?: string;
}

/** `text` with the key set: where it stands last, else at the end of its section, else in a new one. */
export function withKey(text: string, name: string, value: string): string {
  const lines = linesOf(text);
  const at = lines.findLastIndex((line) => line.name === name);
  if (at >= 0) return textOf(lines.with(at, { ...lines[at]!, text: assigned(lines[at]!.text, value) }));
  const dot = name.lastIndexOf('.');
  const [section, key] = [name.slice(0, Math.max(dot, 0)), name.slice(dot + 1)];
  const last = lines.findLastIndex(
    (line) => line.section === section && (line.kind === 'key' || line.kind === 'header'),
  );
  const entry = `${safe(key)} = ${safe(value)}`;
  if (last >= 0) {
    const indent = lines[last]!.kind === 'key' ? (/^\s*/.exec(lines[last]!.text)?.[0] ?? '') : '';
    return textOf([...lines.slice(0, last + 1), newLine(indent + entry), ...lines.slice(last + 1)]);
  }
  if (section === '') return textOf([newLine(entry), ...lines]);
  const parting = lines.length > 0 && lines.at(-1)!.kind !== 'blank' ? [newLine('')] : [];
  return textOf([...lines, ...parting, newLine(`[${safe(section)}]`), newLine(entry)]);
}

/** `text` without the key, wherever it stands, and without the header of a section that had nothing else. */
export function withoutKey(text: string, name: string): string {
  const lines = linesOf(text).filter((line) => line.name !== name);
  const kept = lines.filter(({ kind, section }, i) => {
    if (kind !== 'header' || !name.startsWith(`${section}.`)) return true;
    const rest = lines.slice(i + 1);
    const end = rest.findIndex((line) => line.kind === 'header');
    return rest.slice(0, end < 0 ? rest.length : end).some((line) => line.kind !== 'blank');
  });
  return textOf(kept);
}

function linesOf(text: string): Line[] {
  let section = '';
  const texts = text.split('\n');
  if (texts.at(-1) === '') texts.pop();
  return texts.map((line): Line => {
    const bare = line.replace(/\r$/, '');
    if (/^\s*$/.test(bare)) return { text: line, section, kind: 'blank' };
    if (/^\s*[;#]/.test(bare)) return { text: line, section, kind: 'comment' };
    const header = /^\[([^\]]*)\]\s*$/.exec(bare);
    if (header) {
      section = sectionName(String(unsafe(header[1]!)));
      return { text: line, section, kind: 'header' };
    }
    const key = String(unsafe(bare.split('=')[0]!)).toLowerCase();
    return { text: line, section, kind: 'key', name: section === '' ? key : `${section}.${key}` };
  });
}

/** `[a "b"]` is `[a.b]`, as in Git. */
export function sectionName(name: string): string {
  return name.toLowerCase().replace(/\s+"([^"]*)"$/, '.$1');
}

/** The line with another value behind its `=`. */
function assigned(line: string, value: string): string {
  const end = line.endsWith('\r') ? '\r' : '';
  const head = /^[^=]*=[^\S\r]*/.exec(line)?.[0] ?? `${line.trimEnd()} = `;
  return head + safe(value) + end;
}

const newLine = (text: string): Pick<Line, 'text'> => ({ text });

const textOf = (lines: readonly Pick<Line, 'text'>[]): string => lines.map(({ text }) => `${text}\n`).join('');
