/** The commits that lead to a ref, by day. */
import type { Commit } from '../../../repo/commit.ts';
import { decorations, type LogPage } from '../../content/history.ts';
import { day, isoTime, moment, timeOfDay } from '../format.ts';
import { type Html, html } from '../html.ts';
import { type RepositoryVisit, repositoryPage } from '../layout.ts';
import { decorationsOf, hashLink, messageParts, pager, refPicker } from '../parts.ts';
import { commitsUrl, commitUrl } from '../urls.ts';

export function commitsPage(visit: RepositoryVisit, { commits, hasMore }: LogPage, page: number): string {
  const { repository, reading, ref, point } = visit;
  const names = decorations(reading);
  const item = (commit: Commit): Html => {
    const { address, author, authorDate: at, parents } = commit;
    const { title, body } = messageParts(commit.message);
    return html`<li><div class="row"><div>
<a class="strong" href="${commitUrl(repository, address)}">${title}</a>${decorationsOf(repository, names, commit)}
${parents.length > 1 && html`<span class="label">merge</span>`}
${body !== '' && html`<details><summary>more</summary><pre class="plain">${body}</pre></details>`}</div>
<span class="quiet">${author.name} · <time datetime="${isoTime(at)}" title="${moment(at)}">${timeOfDay(at)}</time></span>
${hashLink(repository, address)}</div></li>`;
  };
  const days: { readonly name: string; readonly commits: Commit[] }[] = [];
  for (const commit of commits) {
    const name = day(commit.authorDate);
    if (days.at(-1)?.name !== name) days.push({ name, commits: [] });
    days.at(-1)!.commits.push(commit);
  }
  const content = html`<div class="bar">${refPicker(repository, reading, point, (to) => commitsUrl(repository, to))}
<h1 class="fill">Commits</h1></div>
${days.map(
  ({ name, commits }) => html`<h2 class="day">${name}</h2>
<div class="card"><ul class="list">${commits.map(item)}</ul></div>`,
)}
${commits.length === 0 && html`<div class="card"><p class="empty">There are no commits on this page.</p></div>`}
${pager({ page, hasMore, what: 'commits' }, (to) => commitsUrl(repository, ref, to))}`;
  return repositoryPage(visit, { title: 'Commits', tab: 'commits', content });
}
