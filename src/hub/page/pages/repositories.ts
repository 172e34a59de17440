/** The repositories that the visitor may see, with a search over their names. */
import type { HubRepository, StoreFacts } from '../../page-access.ts';
import { byteSize, counted } from '../format.ts';
import { type Html, html } from '../html.ts';
import { page, type Visit, visibility } from '../layout.ts';
import { pager, time } from '../parts.ts';
import { query, repositoryUrl } from '../urls.ts';

export interface ListedRepository {
  readonly repository: HubRepository;
  readonly facts: StoreFacts;
}

export interface RepositoryList {
  readonly listed: readonly ListedRepository[];
  readonly search: string;
  readonly page: number;
  readonly hasMore: boolean;
  /** How many match. */
  readonly total: number;
}

export function repositoriesPage(visit: Visit, list: RepositoryList): string {
  const { listed, search, total } = list;
  const item = ({ repository, facts: { byteSize: bytes, lastPush } }: ListedRepository): Html => {
    const { owner, database } = repository;
    const pushed = lastPush !== undefined && html` · pushed ${time(lastPush, visit.now)}`;
    const state = bytes === 0 ? 'nothing pushed yet' : html`${byteSize(bytes)}${pushed}`;
    return html`<li><div class="row">
<h2><a href="${repositoryUrl(repository)}"><span class="quiet">${owner} / </span>${database}</a> ${visibility(repository)}</h2>
<span class="quiet">${state}</span></div></li>`;
  };
  const nothing =
    search !== ''
      ? html`<p class="empty">No repository is called like <strong>${search}</strong>.</p>`
      : html`<p class="empty">There is no repository here that you may see. The first push makes one:<br>
<code>dolt remote add origin owner/database</code> and <code>dolt push origin main</code></p>`;
  const content = html`<div class="bar title"><h1 class="fill">Repositories</h1>
<form class="search" role="search" action="/">
<input type="search" name="q" value="${search}" placeholder="Find a repository" aria-label="Find a repository">
<button class="plain">Search</button></form></div>
${
  search !== '' &&
  html`<p class="quiet">${counted(total, 'repository', 'repositories')} called like “${search}” · <a href="/">all</a></p>`
}
<div class="card">${listed.length === 0 ? nothing : html`<ul class="list">${listed.map(item)}</ul>`}</div>
${pager({ ...list, what: 'repositories' }, (to) => `/${query({ q: search, page: to })}`)}`;
  return page({ title: 'Repositories', visit, content });
}
