/** Branches and tags. */

import type { Tag } from '../../../repo/tags.ts';
import type { Branch } from '../../content/history.ts';
import { count } from '../format.ts';
import { type Html, html } from '../html.ts';
import { type RepositoryVisit, repositoryPage } from '../layout.ts';
import { hashLink, messageParts, time } from '../parts.ts';
import { commitsUrl, compareUrl, repositoryUrl } from '../urls.ts';

export function refsPage(visit: RepositoryVisit, branches: readonly Branch[], tags: readonly Tag[]): string {
  const { repository, reading, now } = visit;
  const base = reading.defaultBranch!;
  const branch = ({
    name,
    head,
  }: Branch): Html => html`<li><div class="row"><div><a class="strong" href="${repositoryUrl(repository, name)}">${name}</a>${name === base && html` <span class="label">default</span>`}<br><span class="quiet">${messageParts(head.message).title}</span></div>
<span class="quiet">${head.author.name} · ${time(head.authorDate, now)}</span>${hashLink(repository, head.address)}
<span><a href="${commitsUrl(repository, name)}">commits</a>${name !== base && html` · <a href="${compareUrl(repository, base, name)}">compare</a>`}</span></div></li>`;
  const tag = ({
    name,
    commit,
    message,
    tagger,
    date,
  }: Tag): Html => html`<li><div class="row"><div><a class="strong" href="${repositoryUrl(repository, name)}">${name}</a>${message !== '' && html`<br><span class="quiet">${messageParts(message).title}</span>`}</div>
<span class="quiet">${tagger.name} · ${time(date, now)}</span>${hashLink(repository, commit)}
<span><a href="${commitsUrl(repository, name)}">commits</a></span></div></li>`;
  const content = html`<h1 class="skip">Branches and tags</h1><section class="card" aria-labelledby="branches"><div class="card-head"><h2 class="fill" id="branches">Branches</h2><span class="quiet">${count(branches.length)}</span></div><ul class="list">${branches.map(branch)}</ul></section>
<section class="card" aria-labelledby="tags"><div class="card-head"><h2 class="fill" id="tags">Tags</h2><span class="quiet">${count(tags.length)}</span></div>${
    tags.length === 0 ? html`<p class="empty">There are no tags.</p>` : html`<ul class="list">${tags.map(tag)}</ul>`
  }</section>`;
  return repositoryPage(visit, { title: 'Branches and tags', tab: 'refs', content });
}
