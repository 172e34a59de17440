/** Branches and tags. */
import type { Tag } from '../../../repo/tags.ts';
import type { Branch } from '../../content/history.ts';
import { count } from '../format.ts';
import { type Html, html } from '../html.ts';
import { type RepositoryVisit, repositoryPage } from '../layout.ts';
import { card, hashLink, messageParts, time } from '../parts.ts';
import { commitsUrl, compareUrl, repositoryUrl } from '../urls.ts';

export function refsPage(visit: RepositoryVisit, branches: readonly Branch[], tags: readonly Tag[]): string {
  const { repository, reading, now } = visit;
  const base = reading.defaultBranch!;
  const link = (name: string): Html => html`<a class="strong" href="${repositoryUrl(repository, name)}">${name}</a>`;
  const commits = (name: string): Html => html`<a href="${commitsUrl(repository, name)}">commits</a>`;
  const branch = ({ name, head }: Branch): Html => html`<li><div class="row">
<div>${link(name)}${name === base && html` <span class="label">default</span>`}<br>
<span class="quiet">${messageParts(head.message).title}</span></div>
<span class="quiet">${head.author.name} · ${time(head.authorDate, now)}</span>${hashLink(repository, head.address)}
<span>${commits(name)}${name !== base && html` · <a href="${compareUrl(repository, base, name)}">compare</a>`}</span>
</div></li>`;
  const tag = ({ name, commit, message, tagger, date }: Tag): Html => html`<li><div class="row">
<div>${link(name)}${message !== '' && html`<br><span class="quiet">${messageParts(message).title}</span>`}</div>
<span class="quiet">${tagger.name} · ${time(date, now)}</span>${hashLink(repository, commit)}
<span>${commits(name)}</span></div></li>`;
  const noTags = html`<p class="empty">There are no tags.</p>`;
  const tagList = tags.length === 0 ? noTags : html`<ul class="list">${tags.map(tag)}</ul>`;
  const content = html`<h1 class="skip">Branches and tags</h1>
${card('Branches', html`<ul class="list">${branches.map(branch)}</ul>`, { id: 'branches', note: count(branches.length) })}
${card('Tags', tagList, { id: 'tags', note: count(tags.length) })}`;
  return repositoryPage(visit, { title: 'Branches and tags', tab: 'refs', content });
}
