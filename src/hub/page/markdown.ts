/**
 * The Markdown that READMEs are written in: headings, paragraphs, lists, quotes, code, tables, emphasis, links. HTML in it is
 * text like any other, links lead to the web or to mail, and pictures are links. Every pass is linear in the text.
 */
import { type Content, type Html, html } from './html.ts';

/** Text beyond is shown as it is. */
const MOST_CHARACTERS = 200_000;
/** Quotes in quotes beyond are taken as text. */
const MOST_QUOTES = 8;

export function markdown(text: string): Html {
  if (text.length > MOST_CHARACTERS) return html`<pre class="plain">${text}</pre>`;
  return html`${blocks(text.replaceAll('\r\n', '\n').split('\n'))}`;
}

const FENCE = /^\s{0,3}(```|~~~)/;
const HEADING = /^\s{0,3}(#{1,6})\s+(\S.*)$/;
const RULE = /^\s{0,3}([-*_])\s*(\1\s*){2,}$/;
const ITEM = /^(\s*)([-*+]|\d{1,9}[.)])\s+(\S.*)$/;
const QUOTE = /^\s{0,3}> ?/;

function blocks(lines: readonly string[], quotes = 0): Html[] {
  const out: Html[] = [];
  for (let at = 0; at < lines.length; ) {
    const line = lines[at]!;
    if (line.trim() === '') {
      at++;
      continue;
    }
    const fence = FENCE.exec(line);
    if (fence) {
      let end = at + 1;
      while (end < lines.length && !lines[end]!.trimStart().startsWith(fence[1]!)) end++;
      out.push(html`<pre><code>${lines.slice(at + 1, end).join('\n')}</code></pre>`);
      at = end + 1;
      continue;
    }
    const heading = HEADING.exec(line);
    if (heading) {
      out.push(titled(heading[1]!.length, inline(heading[2]!.replace(/\s#+\s*$/, ''))));
      at++;
      continue;
    }
    if (RULE.test(line)) {
      out.push(html`<hr>`);
      at++;
      continue;
    }
    if (quotes < MOST_QUOTES && QUOTE.test(line)) {
      const end = endOf(lines, at, (each) => QUOTE.test(each));
      const quoted = lines.slice(at, end).map((each) => each.replace(QUOTE, ''));
      out.push(html`<blockquote>${blocks(quoted, quotes + 1)}</blockquote>`);
      at = end;
      continue;
    }
    if (ITEM.test(line)) {
      const own = markerOf(line);
      const belongs = (each: string): boolean => /^\s{2,}\S/.test(each) || markerOf(each) === own;
      const end = Math.max(at + 1, endOf(lines, at, belongs));
      out.push(list(lines.slice(at, end)));
      at = end;
      continue;
    }
    if (line.includes('|') && isTableRule(lines[at + 1] ?? '')) {
      const end = endOf(lines, at + 2, (each) => each.includes('|'));
      out.push(table(line, lines.slice(at + 2, end)));
      at = end;
      continue;
    }
    const end = Math.max(
      at + 1,
      endOf(lines, at, (each) => each.trim() !== '' && !beginsBlock(each)),
    );
    out.push(html`<p>${inline(lines.slice(at, end).join('\n'))}</p>`);
    at = end;
  }
  return out;
}

function endOf(lines: readonly string[], start: number, belongs: (line: string) => boolean): number {
  let end = start;
  while (end < lines.length && belongs(lines[end]!)) end++;
  return end;
}

/** What an item begins with, a figure standing for all of them: where it changes, another list begins. */
function markerOf(line: string): string | undefined {
  const marker = ITEM.exec(line)?.[2];
  return marker?.replace(/\d+/, '1');
}

const isTableRule = (line: string): boolean => line.includes('-') && /^[\s|:-]+$/.test(line);

const beginsBlock = (line: string): boolean =>
  [FENCE, HEADING, RULE, QUOTE, ITEM].some((beginning) => beginning.test(line));

/** The page's own title comes first: a document's headings are one lower. */
function titled(level: number, content: Content): Html {
  if (level === 1) return html`<h2>${content}</h2>`;
  if (level === 2) return html`<h3>${content}</h3>`;
  return html`<h4>${content}</h4>`;
}

/** Items, with those that are indented further in a list of their own. */
function list(lines: readonly string[]): Html {
  const items: { text: string; readonly nested: string[] }[] = [];
  const depth = ITEM.exec(lines[0]!)![1]!.length;
  for (const line of lines) {
    const item = ITEM.exec(line);
    if (item && item[1]!.length <= depth + 1) items.push({ text: item[3]!, nested: [] });
    else if (item || items.at(-1)!.nested.length > 0) items.at(-1)!.nested.push(line);
    else items.at(-1)!.text += `\n${line.trim()}`;
  }
  const content = items.map(({ text, nested }) => {
    return html`<li>${inline(text)}${nested.length > 0 && list(nested.map((line) => line.slice(depth + 2)))}</li>`;
  });
  return /^\s*\d/.test(lines[0]!) ? html`<ol>${content}</ol>` : html`<ul>${content}</ul>`;
}

function table(head: string, rows: readonly string[]): Html {
  const cells = (line: string): Html[] =>
    line
      .trim()
      .replace(/^\||\|$/g, '')
      .split('|')
      .map((cell) => inline(cell.trim()));
  const lines = rows.map((row) => html`<tr>${cells(row).map((cell) => html`<td>${cell}</td>`)}</tr>`);
  return html`<div class="scroll"><table>
<thead><tr>${cells(head).map((cell) => html`<th>${cell}</th>`)}</tr></thead>
<tbody>${lines}</tbody></table></div>`;
}

/** Code before links before emphasis; none of them spans another paragraph. */
const INLINE = new RegExp(
  [
    /(`{1,2})([^`]+)\1/,
    /!?\[([^[\]\n]{0,500})\]\(\s*([^\s()]{1,2000})[^()\n]{0,200}\)/,
    /<?(https?:\/\/[^\s<>"'`]{1,2000})>?/,
    /\*\*([^*\n]{1,1000})\*\*/,
    /\*([^*\s][^*\n]{0,1000})\*/,
    /\b_([^_\n]{1,1000})_\b/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'g',
);

function inline(text: string): Html {
  const out: Content[] = [];
  let end = 0;
  for (const match of text.matchAll(INLINE)) {
    out.push(text.slice(end, match.index));
    end = match.index + match[0].length;
    const [, , code, label, target, address, strong, emphasis, underlined] = match;
    if (code !== undefined) out.push(html`<code>${code}</code>`);
    else if (target !== undefined) out.push(link(target, inline(label || target)));
    else if (address !== undefined) out.push(link(address.replace(/[.,;:!?)]+$/, ''), address));
    else if (strong !== undefined) out.push(html`<strong>${inline(strong)}</strong>`);
    else out.push(html`<em>${inline((emphasis ?? underlined)!)}</em>`);
  }
  out.push(text.slice(end));
  return html`${out}`;
}

function link(target: string, label: Content): Html {
  if (!/^(https?:\/\/|mailto:)/i.test(target)) return html`${label}`;
  return html`<a href="${target}" rel="nofollow noopener noreferrer">${label}</a>`;
}
