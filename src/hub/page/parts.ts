/** Pieces that many pages have. */
import type { Commit } from '../../repo/commit.ts';
import type { Value } from '../../tuple/value.ts';
import type { CellFormat } from '../content/cell.ts';
import type { Decorations } from '../content/history.ts';
import type { Point, Reading } from '../content/reading.ts';
import { ago, count, isoTime, moment } from './format.ts';
import { type Content, type Html, html } from './html.ts';
import { commitUrl, type Place, refsUrl, repositoryUrl } from './urls.ts';

/** A time as its distance from now, and as it is for who points at it. */
export const time = (at: number, now: number): Html =>
  html`<time datetime="${isoTime(at)}" title="${moment(at)}">${ago(at, now)}</time>`;

const SHOWN_DIGITS = 8;

export const shortHash = (address: string): string => address.slice(0, SHOWN_DIGITS);

export const hashLink = (place: Place, address: string): Html =>
  html`<a class="hash" href="${commitUrl(place, address)}" title="${address}">${shortHash(address)}</a>`;

/** The first line of a message, and what comes after it. */
export function messageParts(message: string): { readonly title: string; readonly body: string } {
  const trimmed = message.trim();
  const end = trimmed.indexOf('\n');
  const title = end < 0 ? trimmed : trimmed.slice(0, end);
  return { title: title === '' ? '(no message)' : title, body: end < 0 ? '' : trimmed.slice(end + 1).trim() };
}

/** Branches and tags beside one commit; beyond that they are counted. */
const MOST_DECORATIONS = 6;

export function decorationsOf(place: Place, names: Decorations, { address }: Commit): Html {
  const all = names.get(address) ?? [];
  const shown = all.length > MOST_DECORATIONS ? all.slice(0, MOST_DECORATIONS - 1) : all;
  const rest = all.length - shown.length;
  const more = rest > 0 && html` <a class="label" href="${refsUrl(place)}">${count(rest)} more</a>`;
  return html`${shown.map(
    ({ kind, name }) => html` <a class="label ${kind}" href="${repositoryUrl(place, name)}">${name}</a>`,
  )}${more}`;
}

/** Characters of a value in a list of rows. */
const MOST_SHOWN = 240;

/** The inside of a table's cell. */
export function cell(value: Value | undefined, format: CellFormat | undefined, whole = false): Html {
  if (value === undefined || format === undefined) return html``;
  if (value === null) return html`<span class="null">NULL</span>`;
  const text = format.text(value);
  if (text === '') return html`<span class="null">empty</span>`;
  if (whole || text.length <= MOST_SHOWN) return html`${text}`;
  return html`${text.slice(0, MOST_SHOWN)}<span class="more">…</span>`;
}

const LISTED_REFS = 40;

/** A menu that goes to the same page at another branch or tag; without JavaScript too. */
export function refPicker(place: Place, reading: Reading, point: Point, to: (ref: string) => string): Html {
  const tags = Array.from(reading.refs.entries('refs/tags/'), ([name]) => name.slice('refs/tags/'.length)).reverse();
  const item = (name: string): Html => {
    const here = name === point.text ? html` aria-current="true"` : '';
    return html`<li><a href="${to(name)}"${here}>${name}</a></li>`;
  };
  const shown = (names: readonly string[], title: string): Content => {
    if (names.length === 0) return '';
    const id = `picker-${title.toLowerCase()}`;
    // No headings: the page's own comes first.
    return html`<p class="of" id="${id}">${title}</p>
<ul aria-labelledby="${id}">${names.slice(0, LISTED_REFS).map(item)}</ul>`;
  };
  const all = reading.branches.length > LISTED_REFS || tags.length > LISTED_REFS;
  const name = point.kind === 'commit' ? shortHash(point.text) : point.text;
  return html`<details class="picker">
<summary><span class="kind">${point.kind}</span> <strong>${name}</strong></summary>
<div class="menu">${shown(reading.branches, 'Branches')}${shown(tags, 'Tags')}${
    all && html`<p><a href="${refsUrl(place)}">All branches and tags</a></p>`
  }</div>
</details>`;
}

export interface Pages {
  readonly page: number;
  readonly hasMore: boolean;
  /** Where it is known. */
  readonly last?: number | undefined;
  readonly what: string;
}

export function pager({ page, hasMore, last, what }: Pages, to: (page: number) => string): Html {
  if (page === 1 && !hasMore) return html``;
  const link = (at: number, text: string, rel?: string): Html =>
    html`<a href="${to(at)}"${rel !== undefined && html` rel="${rel}"`}>${text}</a>`;
  return html`<nav class="pager" aria-label="Pages of ${what}">
${page > 2 && last !== undefined ? link(1, 'First') : ''}
${page > 1 ? link(page - 1, '← Previous', 'prev') : html`<span>← Previous</span>`}
<span class="here">Page ${count(page)}${last !== undefined && html` of ${count(last)}`}</span>
${hasMore ? link(page + 1, 'Next →', 'next') : html`<span>Next →</span>`}
${last !== undefined && page < last - 1 ? link(last, 'Last') : ''}
</nav>`;
}

/** A box with a title; `note` stands at the other end of it. */
export function card(
  title: Content,
  body: Content,
  { id, note }: { readonly id?: string; readonly note?: Content } = {},
): Html {
  const [labelled, named] = id === undefined ? [] : [html` aria-labelledby="${id}"`, html` id="${id}"`];
  const end = note !== undefined && html`<span class="quiet">${note}</span>`;
  return html`<section class="card"${labelled}>
<div class="card-head"><h2 class="fill"${named}>${title}</h2>${end}</div>
${body}
</section>`;
}

/** What may be wider than the page: it is scrolled by keys, too. */
export const scrolled = (label: string, inside: Content): Html =>
  html`<div class="scroll" tabindex="0" role="region" aria-label="${label}">${inside}</div>`;

/** The attribute `class`, where there are any. */
export function classes(...names: readonly (string | false | undefined)[]): Content {
  const text = names.filter(Boolean).join(' ');
  return text !== '' && html` class="${text}"`;
}

/** A line that is meant to be copied. Where it is too long, it goes on behind a slash. */
export function command(text: string): Html {
  const parts = text.split(/(?<=[^:/]\/)/).map((part, i) => html`${i > 0 && html`<wbr>`}${part}`);
  return html`<div class="command"><code>${parts}</code><button type="button" data-copy hidden>Copy</button></div>`;
}
