/** The key pairs of who is signed in. */
import type { KeptKey } from '../../accounts/accounts.ts';
import { count } from '../format.ts';
import { type Html, html } from '../html.ts';
import { page, type Visit } from '../layout.ts';
import { card, time } from '../parts.ts';
import { keysUrl } from '../urls.ts';

export interface KeysShown {
  readonly keys: readonly KeptKey[];
  /** What stands in the form. */
  readonly offered: string;
  readonly problem: string | undefined;
}

export function keysPage(visit: Visit, { keys, offered, problem }: KeysShown): string {
  const kept = ({ id, publicKey, created, token }: KeptKey): Html => html`<li><div class="row">
<div><code>${publicKey}</code> <span class="quiet">added ${time(created, visit.now)}${token !== undefined && html`, lasts as long as the token ${token}`}</span></div>
<form method="post" action="${keysUrl()}"><input type="hidden" name="remove" value="${id}">
<button class="plain" aria-label="Remove ${publicKey}">Remove</button></form></div></li>`;
  const none = html`<p class="empty">You have no keys. <code>dolt login</code> or <code>dolt creds new</code> makes one.</p>`;
  const add = html`<form method="post" action="${keysUrl()}" class="search">
<input name="add" value="${offered}" aria-label="Public key" placeholder="Public key" data-from-fragment required autocomplete="off"
autocapitalize="off" spellcheck="false">
<button>Add</button></form>`;
  const content = html`<div class="bar title"><h1 class="fill">Keys of ${visit.caller}</h1></div>
${problem !== undefined && html`<p class="notice" role="alert">${problem}</p>`}
${card(
  'Add a key',
  html`<div class="card-body">${add}
<p class="quiet">Only one that you have just made: whoever holds its other half is you here, and may do what you may.</p></div>`,
  {
    id: 'add',
  },
)}
${card('Keys', keys.length === 0 ? none : html`<ul class="list">${keys.map(kept)}</ul>`, {
  ...{ id: 'keys', note: count(keys.length) },
})}`;
  return page({ title: 'Keys', visit, content });
}
