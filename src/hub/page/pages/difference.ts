/**
 * What differs between two commits: a summary of all tables, then the rows and the schema of each, a few of them, or of one
 * table a page at a time. A commit is compared with its first parent.
 */
import type { Commit } from '../../../repo/commit.ts';
import {
  changedRows,
  type DiffColumn,
  type DiffPage,
  type DiffRow,
  type TableDifference,
} from '../../content/difference.ts';
import { decorations } from '../../content/history.ts';
import { hunks, lineDiff } from '../../content/line-diff.ts';
import type { Point } from '../../content/reading.ts';
import { count, counted, moment } from '../format.ts';
import { type Content, type Html, html } from '../html.ts';
import { type RepositoryVisit, repositoryPage } from '../layout.ts';
import { card, cell, classes, decorationsOf, hashLink, messageParts, pager, scrolled, time } from '../parts.ts';
import { compareUrl } from '../urls.ts';

/** Rows of a table among others, and of one that is looked at alone. */
export const ROWS_OF_EACH = 10;
export const ROWS_OF_ONE = 50;
/** Tables whose rows are shown together. */
const SHOWN_TABLES = 20;

export interface ShownDifference {
  readonly tables: readonly TableDifference[];
  /** The table that is looked at alone. */
  readonly table: string | undefined;
  readonly page: number;
  /** The same difference with another table, or page. */
  readonly url: (table?: string, page?: number) => string;
}

export function commitPage(visit: RepositoryVisit, commit: Commit, shown: ShownDifference): string {
  const { repository, reading, now } = visit;
  const { title, body } = messageParts(commit.message);
  const { author, authorDate } = commit;
  const names = decorationsOf(repository, decorations(reading), commit);
  const parents = commit.parents.map((parent) => html` ${hashLink(repository, parent)}`);
  const parentage = parents.length > 0 && html` · ${parents.length === 1 ? 'parent' : 'parents'}${parents}`;
  const content = html`<div class="message"><h1>${title}</h1>
<p class="quiet">${author.name} &lt;${author.email}&gt; · ${time(authorDate, now)} · ${moment(authorDate)}${names}</p>
<p class="quiet"><span class="mono">${commit.address}</span>${parentage}</p>
${body !== '' && html`<pre>${body}</pre>`}</div>
${differenceContent(shown)}`;
  return repositoryPage(visit, { title, tab: 'commits', content });
}

export interface Comparison {
  readonly from: Point;
  readonly to: Point;
  readonly shown: ShownDifference;
  /** Commits that lead to `to` and not to `from`, and the other way round; of many, so many at least. */
  readonly ahead: number;
  readonly behind: number;
}

export function comparePage(visit: RepositoryVisit, { from, to, shown, ahead, behind }: Comparison): string {
  const { repository, reading } = visit;
  const names = [
    ...reading.branches.slice(0, 100),
    ...Array.from(reading.refs.entries('refs/tags/'), ([name]) => name.slice(10)).slice(-100),
  ];
  const field = (name: string, label: string, value: string): Html =>
    html`<label>${label}<input name="${name}" value="${value}"
list="refs" required autocomplete="off" spellcheck="false"></label>`;
  const swap = compareUrl(repository, to.text, from.text, shown.table);
  const content = html`<div class="bar"><h1 class="fill">Compare</h1></div>
<form class="compare-form" action="${compareUrl(repository)}">
${field('from', 'From', from.text)}${field('to', 'To', to.text)}
<datalist id="refs">${names.map((name) => html`<option value="${name}">`)}</datalist>
<button>Compare</button> <a class="button plain" href="${swap}">Swap</a></form>
<p class="quiet">${hashLink(repository, from.commit)} … ${hashLink(repository, to.commit)} ·
<strong>${to.text}</strong> is ${counted(ahead, 'commit')} ahead of <strong>${from.text}</strong>${
    behind > 0 && html` and ${counted(behind, 'commit')} behind`
  }</p>
${differenceContent(shown)}`;
  return repositoryPage(visit, { title: `${from.text} … ${to.text}`, tab: 'compare', content });
}

function differenceContent(shown: ShownDifference): Html {
  const { tables, table } = shown;
  if (tables.length === 0) return html`<div class="card"><p class="empty">Nothing differs.</p></div>`;
  const chosen = table === undefined ? undefined : tables.filter(({ name }) => name === table);
  const each = chosen ?? tables.slice(0, SHOWN_TABLES);
  return html`${summary(shown)}
${chosen !== undefined && html`<p><a href="${shown.url()}">← All ${counted(tables.length, 'table')}</a></p>`}
${each.map((difference) => tableCard(difference, shown, chosen !== undefined))}
${
  each.length < tables.length &&
  chosen === undefined &&
  html`<p class="quiet">Of ${count(tables.length)} tables, ${count(each.length)} are shown; choose one above.</p>`
}
${chosen?.length === 0 && html`<div class="card"><p class="empty">There is no change of <strong>${table}</strong>.</p></div>`}`;
}

function summary({ tables, url }: ShownDifference): Html {
  const items = tables.map((difference) => {
    const { name, formerName, kind, isSchemaChanged } = difference;
    return html`<li><div class="row"><div><a class="strong" href="${url(name)}">${name}</a>
${formerName !== undefined && html`<span class="quiet">was ${formerName}</span>`}
${kind !== 'modified' && html`<span class="label ${kind}">${kind}</span>`}
${kind === 'modified' && isSchemaChanged && html`<span class="label modified">schema</span>`}</div>
${numbers(difference)}</div></li>`;
  });
  return card(`${counted(tables.length, 'table')} changed`, html`<ul class="list">${items}</ul>`, { id: 'changed' });
}

function numbers({ added, removed, modified, isCounted }: TableDifference): Html {
  const part = (n: number, sign: string, kind: string, what: string): Content =>
    n > 0 && html`<span class="${kind}" title="${counted(n, 'row')} ${what}">${sign}${count(n)}</span>`;
  return html`<span class="numbers">
${part(added, '+', 'plus', 'added')}${part(removed, '−', 'minus', 'removed')}${part(modified, '~', 'tilde', 'changed')}
${!isCounted && html`<span class="quiet">or more</span>`}</span>`;
}

function tableCard(difference: TableDifference, shown: ShownDifference, isAlone: boolean): Html {
  const { name, schema, isUnpaired, isDataChanged, delta, kind } = difference;
  const schemaPart = schema !== undefined && schemaLines(schema, kind !== 'dropped' || isAlone);
  const head = html`<div class="card-head"><h2 class="fill">${name}</h2>${numbers(difference)}</div>`;
  if (isUnpaired) {
    const reason = 'The primary key is another one, so rows cannot be paired.';
    return html`<section class="card">${head}${schemaPart}<p class="empty">${reason}</p></section>`;
  }
  if (!isDataChanged) return html`<section class="card">${head}${schemaPart}</section>`;
  const size = isAlone ? ROWS_OF_ONE : ROWS_OF_EACH;
  const page = isAlone ? shown.page : 1;
  const rows = changedRows(delta, (page - 1) * size, size);
  const more =
    !isAlone && rows.hasMore && html`<p class="empty"><a href="${shown.url(name)}">All changes of ${name}</a></p>`;
  const pages = isAlone && pager({ page, hasMore: rows.hasMore, what: 'changes' }, (to) => shown.url(name, to));
  return html`<section class="card">${head}${schemaPart}${rowTable(name, rows)}${more}</section>${pages}`;
}

const SIGNS = { same: '  ', added: '+ ', removed: '− ', gap: '  …' } as const;

function schemaLines({ before, after }: NonNullable<TableDifference['schema']>, isOpen: boolean): Html {
  const lines = hunks(lineDiff(before, after)).map(
    ({ kind, text }) => html`<span class="${kind}">${SIGNS[kind]}${text}</span>`,
  );
  return html`<details${isOpen && html` open`}><summary class="part">Schema</summary>
<div class="mono lines">${lines}</div></details>`;
}

function rowTable(name: string, { columns, rows }: DiffPage): Html {
  if (rows.length === 0) return html`<p class="empty">There are no changes on this page.</p>`;
  const isNumber = ({ to, from }: DiffColumn): boolean => (to ?? from)!.isNumber;
  const heads = columns.map((column) => html`<th${classes(isNumber(column) && 'number')}>${column.name}</th>`);
  const table = html`<table class="diff">
<thead><tr><th><span class="skip">Change</span></th>${heads}</tr></thead>
<tbody>${rows.map((row) => rowLines(columns, row))}</tbody></table>`;
  return scrolled(`Changed rows of ${name}`, table);
}

function rowLines(columns: readonly DiffColumn[], { kind, from, to, changed }: DiffRow): Html {
  const line = (side: 'from' | 'to', style: string, sign: string, meaning: string): Html => {
    const values = side === 'from' ? from : to;
    return html`<tr class="${style}"><td class="mark" title="${meaning}">${sign}</td>${columns.map((column, i) => {
      const format = column[side];
      const inside = cell(values[i], format);
      const isMarked = changed[i] && format !== undefined;
      const marked = isMarked && inside.text !== '' ? html`<span class="value">${inside}</span>` : inside;
      return html`<td${classes(format?.isNumber && 'number', isMarked && 'changed')}>${marked}</td>`;
    })}</tr>`;
  };
  if (kind === 'added') return line('to', 'added', '+', 'added');
  if (kind === 'removed') return line('from', 'removed', '−', 'removed');
  return html`${line('from', 'before', '−', 'changed, before')}${line('to', 'after', '+', 'changed, after')}`;
}
