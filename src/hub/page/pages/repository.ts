/** A repository at a ref: its tables, views and README; beside them how to clone it. An empty one says how to fill it. */
import { readCommit } from '../../../repo/commit.ts';
import { documentsOf } from '../../../sql/catalog/documents.ts';
import { branchesOf, decorations, tagsOf } from '../../content/history.ts';
import { type TableOverview, tablesOf, type View, viewsOf } from '../../content/tables.ts';
import type { StoreFacts } from '../../page-access.ts';
import { byteSize, count, counted } from '../format.ts';
import { type Html, html } from '../html.ts';
import { type RepositoryVisit, repositoryPage, type Visit } from '../layout.ts';
import { markdown } from '../markdown.ts';
import { card, command, decorationsOf, hashLink, messageParts, refPicker, scrolled, time } from '../parts.ts';
import { commitsUrl, commitUrl, type Place, refsUrl, repositoryUrl, tablePartUrl, tableUrl } from '../urls.ts';

export interface RemoteAddress {
  /** What `dolt clone` takes. */
  readonly url: string;
}

export function repositoryOverview(visit: RepositoryVisit, facts: StoreFacts, remote: RemoteAddress): string {
  const { repository, reading, ref, point, now } = visit;
  const root = reading.root(point);
  const head = readCommit(reading.repository.nodes, point.commit);
  const documents = documentsOf(root);
  const { title } = messageParts(head.message);
  const latest = html`<p class="quiet fill"><a href="${commitUrl(repository, head.address)}">${title}</a>${decorationsOf(
    repository,
    decorations(reading),
    head,
  )} · ${head.author.name} · ${time(head.authorDate, now)}</p>`;
  const picker = refPicker(repository, reading, point, (to) => repositoryUrl(repository, to));
  const content = html`<div class="bar">${picker}${latest}</div>
<div class="columns"><div>
${tableList(repository, ref, tablesOf(root))}
${viewList(viewsOf(root))}
${[...documents].sort(readmeFirst).map(([name, text]) => documentCard(name, text))}
</div>
<aside>
<section><h2>Clone</h2>${command(`dolt clone ${remote.url}`)}</section>
<section><h2>About</h2><dl class="facts">
${facts.lastPush !== undefined && html`<dt>Last push</dt><dd>${time(facts.lastPush, now)}</dd>`}
<dt>Size</dt><dd>${byteSize(facts.byteSize)}</dd>
<dt>Commits</dt><dd><a href="${commitsUrl(repository, ref)}">${count(head.height)}</a></dd>
<dt>Branches</dt><dd><a href="${refsUrl(repository)}">${count(branchesOf(reading).length)}</a></dd>
<dt>Tags</dt><dd><a href="${refsUrl(repository)}#tags">${count(tagsOf(reading).length)}</a></dd>
<dt>Head</dt><dd>${hashLink(repository, head.address)}</dd>
</dl></section>
</aside></div>`;
  return repositoryPage(visit, { title: '', tab: 'data', content });
}

function tableList(place: Place, ref: string | undefined, tables: readonly TableOverview[]): Html {
  const item = ({ name, rows, columns, comment }: TableOverview): Html => html`<li><div class="row">
<div><a class="strong" href="${tableUrl(place, name, ref)}">${name}</a>
${comment !== '' && html`<span class="quiet">${comment}</span>`}
<details><summary>${counted(columns.length, 'column')}</summary>
${scrolled(`Columns of ${name}`, columnTable(columns))}</details></div>
<span class="quiet numbers">${counted(rows, 'row')}</span>
<span class="quiet"><a href="${tablePartUrl(place, name, 'csv', ref)}">CSV</a>
<a href="${tablePartUrl(place, name, 'json', ref)}">JSON</a></span></div></li>`;
  const none = html`<p class="empty">There are no tables here.</p>`;
  const list = tables.length === 0 ? none : html`<ul class="list">${tables.map(item)}</ul>`;
  return card('Tables', list, { id: 'tables', note: count(tables.length) });
}

export function columnTable(columns: TableOverview['columns']): Html {
  const line = (column: TableOverview['columns'][number]): Html => {
    const comment = column.comment !== '' && html`<br><span class="quiet">${column.comment}</span>`;
    const value = column.default === null ? html`<span class="null">none</span>` : html`<code>${column.default}</code>`;
    return html`<tr><td>${column.name}${comment}</td><td><code>${column.type}</code></td>
<td>${column.nullable ? 'yes' : 'no'}</td><td>${column.key}</td><td>${value}</td><td>${column.extra}</td></tr>`;
  };
  return html`<table>
<thead><tr><th>Column</th><th>Type</th><th>Null</th><th>Key</th><th>Default</th><th>Extra</th></tr></thead>
<tbody>${columns.map(line)}</tbody></table>`;
}

function viewList(views: readonly View[]): Html {
  if (views.length === 0) return html``;
  const item = ({ name, definition }: View): Html => html`<li><span class="strong">${name}</span>
<details><summary>Definition</summary><pre><code>${definition}</code></pre></details></li>`;
  return card('Views', html`<ul class="list">${views.map(item)}</ul>`, { id: 'views', note: count(views.length) });
}

const isReadme = (name: string): boolean => /^readme/i.test(name);
const readmeFirst = ([a]: readonly [string, string], [b]: readonly [string, string]): number =>
  Number(isReadme(b)) - Number(isReadme(a)) || (a < b ? -1 : 1);

function documentCard(name: string, text: string): Html {
  if (isReadme(name)) return card(name, html`<div class="markdown">${markdown(text)}</div>`);
  const folded = html`<details><summary>Show</summary><pre class="plain">${text}</pre></details>`;
  return card(name, html`<div class="card-body">${folded}</div>`);
}

/** Nobody has pushed yet. */
export function emptyRepositoryPage(visit: Visit & Pick<RepositoryVisit, 'repository'>, remote: RemoteAddress): string {
  const { database } = visit.repository;
  const content = html`<div class="card"><div class="card-head"><h2>Nothing has been pushed yet</h2></div><div class="card-body">
<p>With a database that you have:</p>
${command(`dolt remote add origin ${remote.url}`)}${command('dolt push -u origin main')}
<p>With a new one:</p>
${command(`mkdir ${database} && cd ${database} && dolt init`)}
${command('dolt sql -q "create table t (id int primary key, name text)"')}
${command("dolt sql -q \"call dolt_commit('-Am', 'A first table')\"")}
${command(`dolt remote add origin ${remote.url}`)}${command('dolt push -u origin main')}
</div></div>`;
  return repositoryPage({ ...visit, ref: undefined }, { title: '', tab: 'data', content });
}
