/** A table: a page of its rows, its schema, one row with its history. */
import { cellFormat } from '../../content/cell.ts';
import type { RowHistory, RowVersion } from '../../content/history.ts';
import type { RowShape, ShownRow } from '../../content/rows.ts';
import { type Column, columnsOf, createText } from '../../content/tables.ts';
import { ROWS_A_PAGE } from '../../requests.ts';
import { count, counted } from '../format.ts';
import { type Html, html } from '../html.ts';
import { type RepositoryVisit, repositoryPage } from '../layout.ts';
import { cell, hashLink, messageParts, pager, refPicker, time } from '../parts.ts';
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
  const total = shape.table.entryCount;
  const last = Math.max(1, Math.ceil(total / ROWS_A_PAGE));
  const types = columnsOf(shape.table.schema);
  const isKeyless = shape.table.schema.isKeyless;
  const first = (page - 1) * ROWS_A_PAGE;
  const keyColumns = shape.table.schema.primaryKey.map((at) => shape.table.schema.columns[at]!.name);
  const find =
    total > ROWS_A_PAGE &&
    keyColumns.length > 0 &&
    html`<form class="find" role="search" aria-label="Find a row" action="${rowFormUrl(repository, name)}">${keyColumns.map(
      (column) => html`<input name="key" placeholder="${column}" aria-label="${column}" required>`,
    )}${ref !== undefined && html`<input type="hidden" name="ref" value="${ref}">`}<button class="plain">Find</button></form>`;
  const pages = pager({ page, hasMore: page < last, last, what: 'rows' }, (to) => tableUrl(repository, name, ref, to));
  const content = html`<div class="bar">${refPicker(repository, reading, point, (to) => tableUrl(repository, name, to))}
<h1 class="fill">${name}</h1>${tableLinks(visit, name, 'rows')}</div>
<div class="card"><div class="card-head"><h2 class="fill">${counted(total, isKeyless ? 'different row' : 'row')}</h2>${find}${
    rows.length > 0 &&
    total > rows.length &&
    html`<span class="quiet">${count(first + 1)} to ${count(first + rows.length)}</span>`
  }</div>
${
  rows.length === 0
    ? html`<p class="empty">${total === 0 ? 'This table has no rows.' : 'There are no rows on this page.'}</p>`
    : html`<div class="scroll" tabindex="0" role="region" aria-label="Rows of ${name}"><table><thead><tr>${isKeyless && html`<th class="number">Times</th>`}${shape.columns.map(
        ({ name, isNumber }, i) =>
          html`<th${isNumber && html` class="number"`}>${name}<span class="type">${types[i]?.type}</span></th>`,
      )}</tr></thead><tbody>${rows.map((row) => rowLine(visit, name, shape, row))}</tbody></table></div>`
}</div>${pages}`;
  return repositoryPage(visit, { title: name, tab: 'data', content });
}

function rowLine({ repository, ref }: RepositoryVisit, table: string, shape: RowShape, row: ShownRow): Html {
  const to = row.key && rowUrl(repository, table, row.key, ref);
  const firstKey = shape.columns.findIndex(({ isKey }) => isKey);
  return html`<tr>${to === undefined && html`<td class="number quiet">${count(row.times)}</td>`}${shape.columns.map(
    (column, i) => {
      const inside = cell(row.values[i], column);
      const isLink = to !== undefined && (i === firstKey || (firstKey < 0 && i === 0));
      const kind = `${column.isNumber ? 'number ' : ''}${column.isKey ? 'key' : ''}`.trim();
      return html`<td${kind !== '' && html` class="${kind}"`}>${isLink ? html`<a href="${to}">${inside}</a>` : inside}</td>`;
    },
  )}</tr>`;
}

function tableLinks({ repository, ref }: RepositoryVisit, name: string, here: 'rows' | 'schema'): Html {
  const select = `select * from \`${name.replaceAll('`', '``')}\` limit 100`;
  return html`<nav class="numbers" aria-label="Table">
${here === 'rows' ? html`<a href="${tablePartUrl(repository, name, 'schema', ref)}">Schema</a>` : html`<a href="${tableUrl(repository, name, ref)}">Rows</a>`}
<a href="${sqlUrl(repository, ref, select)}">Query</a>
<a href="${tablePartUrl(repository, name, 'csv', ref)}">CSV</a>
<a href="${tablePartUrl(repository, name, 'json', ref)}">JSON</a></nav>`;
}

export function schemaPage(visit: RepositoryVisit, name: string): string {
  const { repository, reading, point } = visit;
  const root = reading.root(point);
  const columns: readonly Column[] = columnsOf(root.table(name)!.schema);
  const content = html`<div class="bar">${refPicker(repository, reading, point, (to) => tablePartUrl(repository, name, 'schema', to))}
<h1 class="fill">${name}</h1>${tableLinks(visit, name, 'schema')}</div>
<div class="card"><div class="card-head"><h2>${counted(columns.length, 'column')}</h2></div><div class="scroll" tabindex="0" role="region" aria-label="Columns">${columnTable(columns)}</div></div>
<div class="card"><div class="card-head"><h2>CREATE TABLE</h2></div><pre><code>${createText(root, name)}</code></pre></div>`;
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
  const content = html`<div class="bar">${refPicker(repository, reading, point, (to) => rowUrl(repository, name, key, to))}
<h1 class="fill"><a href="${tableUrl(repository, name, ref)}">${name}</a> <span class="quiet">${key.join(', ')}</span></h1></div>
<div class="card"><table class="record"><tbody>${shape.columns.map(
    (column, i) =>
      html`<tr><th scope="row">${column.name}</th><td${column.isKey && html` class="key"`}>${cell(row.values[i], column, true)}</td></tr>`,
  )}</tbody></table></div>
<div class="card"><div class="card-head"><h2 class="fill">History</h2><span class="quiet">${history.isWhole ? counted(history.versions.length, 'change') : 'the latest changes'}</span></div>
<ul class="list">${history.versions.map((version) => versionItem(visit, version, now))}</ul></div>`;
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
