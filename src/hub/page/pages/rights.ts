/** Who may use a repository, for its owners, who change it here. */
import { type Grant, RIGHTS, type Right } from '../../accounts/accounts.ts';
import type { RepositoryRights } from '../../accounts/repository-rights.ts';
import { count } from '../format.ts';
import { type Html, html } from '../html.ts';
import { type RepositoryVisit, repositoryPage, type Visit } from '../layout.ts';
import { card } from '../parts.ts';
import { rightsUrl } from '../urls.ts';

const MEANINGS: Readonly<Record<Right, string>> = {
  reader: 'clones, pulls and sees it here',
  writer: 'reads and pushes',
  owner: 'reads, pushes, and says who may use it',
};

export function rightsPage(
  visit: Visit & Pick<RepositoryVisit, 'repository'>,
  { isPublic, grants }: RepositoryRights,
  problem: string | undefined,
): string {
  const { repository } = visit;
  const name = `${repository.owner}/${repository.database}`;
  /** A form of one change. */
  const form = (inside: Html, className?: string): Html =>
    html`<form method="post" action="${rightsUrl(repository)}"${className !== undefined && html` class="${className}"`}>${inside}</form>`;

  const visibility = form(html`<input type="hidden" name="visibility" value="${isPublic ? 'private' : 'public'}">
<button class="plain">Make it ${isPublic ? 'private' : 'public'}</button>`);
  const readers = html`<div class="card-body bar"><p class="fill">${
    isPublic
      ? html`It is <strong>public</strong>: everybody may read it, without signing in.`
      : html`It is <strong>private</strong>: it is there for those alone who have a right.`
  }</p>${visibility}</div>`;

  const grant = ({ user, right, place }: Grant): Html => {
    const remove =
      form(html`<input type="hidden" name="user" value="${user}"><input type="hidden" name="right" value="none">
<button class="plain" aria-label="Take ${user}'s right back">Remove</button>`);
    const elsewhere = place === '*' ? 'in all repositories' : `in all of ${place}`;
    return html`<li><div class="row"><div><span class="strong">${user}</span>
<span class="quiet">${MEANINGS[right]}</span></div><span class="label">${right}</span>
${place === name ? remove : html`<span class="quiet">${elsewhere}</span>`}</div></li>`;
  };
  const none = html`<p class="empty">Nobody has a right of their own.</p>`;
  const give = form(
    html`<label>User <input name="user" required autocomplete="off" autocapitalize="off" spellcheck="false"></label>
<label>Right <select name="right">${RIGHTS.map((right) => html`<option value="${right}">${right}</option>`)}</select></label>
<button>Give</button>`,
    'bar',
  );
  const content = html`<h1 class="skip">Rights</h1>
${problem !== undefined && html`<p class="notice" role="alert">${problem}</p>`}
${card('Everybody', readers, { id: 'everybody' })}
${card('Users', grants.length === 0 ? none : html`<ul class="list">${grants.map(grant)}</ul>`, {
  ...{ id: 'users', note: count(grants.length) },
})}
${card(
  'Give a right',
  html`<div class="card-body">${give}
<p class="quiet">In ${name}. Who has one already gets this one instead. A reader ${MEANINGS.reader}; a writer
${MEANINGS.writer}; an owner ${MEANINGS.owner}. What holds elsewhere is changed with <code>dolt hub grant</code>.</p></div>`,
  {
    id: 'give',
  },
)}`;
  return repositoryPage({ ...visit, ref: undefined }, { title: 'Rights', tab: 'rights', content });
}
