/** Signing in with a token, which is kept in a cookie that scripts and other sites do not see. */
import { html } from '../html.ts';
import { page, type Visit } from '../layout.ts';

export function loginPage(visit: Visit, next: string, problem: string | undefined): string {
  const content = html`<div class="narrow"><div class="card"><h1>Sign in</h1>
<p class="quiet">With a token of this hub: the one that you push with, or another of yours.</p>
${problem !== undefined && html`<p class="notice" role="alert">${problem}</p>`}
<form method="post" action="/login"><input type="hidden" name="next" value="${next}">
<label for="token">Token</label><input id="token" name="token" type="password" required autocomplete="current-password" autofocus>
<button>Sign in</button></form></div></div>`;
  return page({ title: 'Sign in', visit, content });
}
