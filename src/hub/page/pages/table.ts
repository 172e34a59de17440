/** A table: a page of its rows, its schema, one row with its history. */

import { ROWS_A_PAGE } from '../../calls/requests.ts';
import { cellFormat } from '../../content/cell.ts';
import type { RowHistory, RowVersion } from '../../content/history.ts';
import type { RowShape, ShownRow } from '../../content/rows.ts';
import { type Column, columnsOf, createText } from '../../content/tables.ts';
import { count, counted } from '../format.ts';
import { type Content, type Html, html } from '../html.ts';
import { type RepositoryVisit, repositoryPage } from '../layout.ts';
import { card, cell, classes, hashLink, messageParts, pager, refPicker, scrolled, time } from '../parts.ts';
import { rowFormUrl, rowUrl, sqlUrl, tablePartUrl, tableUrl } from '../urls.ts';
import { columnTable } from './repository.ts';

export interface RowsPage {
  readonly name: string;
  readonly shape: RowShape;
  readonly rows: readonly ShownRow[];
  readonly page: number;
}

export function rowsPage(visit: RepositoryVisit, { name, shape, rows, page }: RowsPage): string {
  const { repository, reading, ref, point } = visit;
  const { schema, entryCount: total } = shape.table;
  const last = Math.max(1, Math.ceil(total / ROWS_A_PAGE));
  const types = columnsOf(schema);
  const first = (page - 1) * ROWS_A_PAGE;
  const shown = rows.length > 0 && total > rows.length && `${count(first + 1)} to ${count(first + rows.length)}`;
  const head = html`<div class="card-head">
<h2 class="fill">${counted(total, schema.isKeyless ? 'different row' : 'row')}</h2>
${total > ROWS_A_PAGE && findForm(visit, name, shape)}
${shown && html`<span class="quiet">${shown}</span>`}</div>`;
  const heads = shape.columns.map(
    (column, i) =>
      html`<th${classes(column.isNumber && 'number')}>${column.name}<span class="type">${types[i]?.type}</span></th>`,
  );
  const table = html`<table>
<thead><tr>${schema.isKeyless && html`<th class="number">Times</th>`}${heads}</tr></thead>
<tbody>${rows.map((row) => rowLine(visit, name, shape, row))}</tbody></table>`;
  const none = total === 0 ? 'This table has no rows.' : 'There are no rows on this page.';
  const body = rows.length === 0 ? html`<p class="empty">${none}</p>` : scrolled(`Rows of ${name}`, table);
  const pages = pager({ page, hasMore: page < last, last, what: 'rows' }, (to) => tableUrl(repository, name, ref, to));
  const picker = refPicker(repository, reading, point, (to) => tableUrl(repository, name, to));
  const content = html`<div class="bar">${picker}<h1 class="fill">${name}</h1>${tableLinks(visit, name, 'rows')}</div>
<div class="card">${head}${body}</div>${pages}`;
  return repositoryPage(visit, { title: name, tab: 'data', content });
}

/** Leads to the row with a key. */
function findForm({ repository, ref }: RepositoryVisit, table: string, { table: { schema } }: RowShape): Content {
  if (schema.isKeyless) return '';
  const fields = schema.primaryKey.map((at) => {
    const { name } = schema.columns[at]!;
    return html`<input name="key" placeholder="${name}" aria-label="${name}" required>`;
  });
  return html`<form class="find" role="search" aria-label="Find a row" action="${rowFormUrl(repository, table)}">
${fields}${ref !== undefined && html`<input type="hidden" name="ref" value="${ref}">`}
<button class="plain">Find</button></form>`;
}

function rowLine({ repository, ref }: RepositoryVisit, table: string, shape: RowShape, row: ShownRow): Html {
  const to = row.key && rowUrl(repository, table, row.key, ref);
  const firstKey = Math.max(
    0,
    shape.columns.findIndex(({ isKey }) => isKey),
  );
  const cells = shape.columns.map((column, i) => {
    const inside = cell(row.values[i], column);
    const linked = to !== undefined && i === firstKey ? html`<a href="${to}">${inside}</a>` : inside;
    return html`<td${classes(column.isNumber && 'number', column.isKey && 'key')}>${linked}</td>`;
  });
  return html`<tr>${to === undefined && html`<td class="number quiet">${count(row.times)}</td>`}${cells}</tr>`;
}

function tableLinks({ repository, ref }: RepositoryVisit, name: string, here: 'rows' | 'schema'): Html {
  const select = `select * from \`${name.replaceAll('`', '``')}\` limit 100`;
  const other =
    here === 'rows'
      ? html`<a href="${tablePartUrl(repository, name, 'schema', ref)}">Schema</a>`
      : html`<a href="${tableUrl(repository, name, ref)}">Rows</a>`;
  return html`<nav class="numbers" aria-label="Table">${other}
<a href="${sqlUrl(repository, ref, select)}">Query</a>
<a href="${tablePartUrl(repository, name, 'csv', ref)}">CSV</a>
<a href="${tablePartUrl(repository, name, 'json', ref)}">JSON</a></nav>`;
}

export function schemaPage(visit: RepositoryVisit, name: string): string {
  const { repository, reading, point } = visit;
  const root = reading.root(point);
  const columns: readonly Column[] = columnsOf(root.table(name)!.schema);
  const picker = refPicker(repository, reading, point, (to) => tablePartUrl(repository, name, 'schema', to));
  const content = html`<div class="bar">${picker}<h1 class="fill">${name}</h1>${tableLinks(visit, name, 'schema')}</div>
${card(counted(columns.length, 'column'), scrolled('Columns', columnTable(columns)))}
${card('CREATE TABLE', html`<pre><code>${createText(root, name)}</code></pre>`)}`;
  return repositoryPage(visit, { title: `Schema of ${name}`, tab: 'data', content });
}

export interface RowPage {
  readonly name: string;
  readonly shape: RowShape;
  readonly row: ShownRow;
  readonly history: RowHistory;
}

export function rowPage(visit: RepositoryVisit, { name, shape, row, history }: RowPage): string {
  const { repository, reading, ref, point, now } = visit;
  const key = row.key ?? [];
  const fields = shape.columns.map((column, i) => {
    const value = cell(row.values[i], column, true);
    return html`<tr><th scope="row">${column.name}</th><td${classes(column.isKey && 'key')}>${value}</td></tr>`;
  });
  const versions = html`<ul class="list">${history.versions.map((version) => versionItem(visit, version, now))}</ul>`;
  const note = history.isWhole ? counted(history.versions.length, 'change') : 'the latest changes';
  const picker = refPicker(repository, reading, point, (to) => rowUrl(repository, name, key, to));
  const title = html`<a href="${tableUrl(repository, name, ref)}">${name}</a> <span class="quiet">${key.join(', ')}</span>`;
  const content = html`<div class="bar">${picker}<h1 class="fill">${title}</h1></div>
<div class="card"><table class="record"><tbody>${fields}</tbody></table></div>
${card('History', versions, { note })}`;
  return repositoryPage(visit, { title: `${name} ${key.join(', ')}`, tab: 'data', content });
}

function versionItem({ repository }: RepositoryVisit, { commit, kind, before, after }: RowVersion, now: number): Html {
  const changes = kind === 'modified' ? changedCells(before!, after!) : [];
  return html`<li><div class="row"><div><span class="label ${kind}">${kind}</span> ${messageParts(commit.message).title}</div>
<span class="quiet">${commit.author.name} · ${time(commit.authorDate, now)}</span>${hashLink(repository, commit.address)}</div>${
    changes.length > 0 && html`<table class="diff"><tbody>${changes}</tbody></table>`
  }</li>`;
}

type Version = NonNullable<RowVersion['before']>;

/** Columns that changed, before and after. */
function changedCells(before: Version, after: Version): Html[] {
  const none = cellFormat({ kind: 'null' });
  return after.shape.columns.flatMap((column, i) => {
    const at = before.shape.columns.findIndex(({ name }) => name === column.name);
    const old = before.shape.columns[at] ?? none;
    const [was, is] = [cell(before.row.values[at], old), cell(after.row.values[i], column)];
    if (was.text === is.text) return [];
    return html`<tr><th scope="row">${column.name}</th><td class="minus">${was}</td><td>→</td><td class="plus">${is}</td></tr>`;
  });
}
