/** What is around every page: the head of the document, the bar at the top, the head of a repository with its tabs. */
import type { Caller } from '../../service/service-host.ts';
import type { Point, Reading } from '../content/reading.ts';
import type { HubRepository } from '../page-access.ts';
import { SCRIPT, STYLE } from './assets.ts';
import { type Content, type Html, html } from './html.ts';
import {
  commitsUrl,
  compareUrl,
  keysUrl,
  query,
  refsUrl,
  replicationUrl,
  repositoryUrl,
  rightsUrl,
  sqlUrl,
} from './urls.ts';

/** One request of a page. */
export interface Visit {
  readonly caller: Caller;
  /** Everybody may do everything: there is no signing in. */
  readonly isOpen: boolean;
  /** Users have keys here. */
  readonly hasKeys: boolean;
  /** Path and query of the page. */
  readonly path: string;
  /** Milliseconds since 1970 UTC. */
  readonly now: number;
}

/** A request about one repository; `point` where it has one. */
export interface RepositoryVisit extends Visit {
  readonly repository: HubRepository;
  readonly reading: Reading;
  /** What the query named, for links to other pages; undefined for the default branch. */
  readonly ref: string | undefined;
  readonly point: Point;
}

export interface Document {
  readonly title: string;
  readonly visit: Visit;
  readonly content: Content;
}

const LOGO = html`<svg class="logo" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true">
<path d="M6 5v14M6 13c0-5 12-2 12-8" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round"/>
<circle cx="6" cy="5" r="2.6"/><circle cx="6" cy="19" r="2.6"/><circle cx="18" cy="5" r="2.6"/></svg>`;

function whoIsHere({ caller, isOpen, hasKeys, path }: Visit): Html {
  if (isOpen) return html`<span class="who">open to everybody</span>`;
  const next = path === '/' ? undefined : path;
  return html`<nav aria-label="Site">${
    caller === undefined
      ? html`<a href="/login${query({ next })}">Sign in</a>`
      : html`${hasKeys ? html`<a class="who" href="${keysUrl()}">${caller}</a>` : html`<span class="who">${caller}</span>`}<form method="post" action="/logout"><button class="link">Sign out</button></form>`
  }</nav>`;
}

export function page({ title, visit, content }: Document): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="/assets/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="${STYLE.url}">
<script src="${SCRIPT.url}" defer></script>
</head>
<body>
<a class="skip" href="#content">Skip to content</a>
<header class="top"><div class="wide">
<a class="home" href="/">${LOGO}<span>dolt hub</span></a>
${whoIsHere(visit)}
</div></header>
<main id="content" class="wide" tabindex="-1">
${content}
</main>
<footer class="wide"><a href="/api/v1/openapi.json">API</a></footer>
</body>
</html>
`.text;
}

export type Tab = 'data' | 'commits' | 'compare' | 'sql' | 'refs' | 'replication' | 'rights';

export interface RepositoryPage {
  readonly title: string;
  readonly tab: Tab;
  readonly content: Content;
}

/** The ref goes along from tab to tab. */
export function repositoryPage(
  visit: Pick<RepositoryVisit, keyof Visit | 'repository' | 'ref'>,
  { title, tab, content }: RepositoryPage,
): string {
  const { repository, ref } = visit;
  const tabs: readonly (readonly [Tab, string, string])[] = [
    ['data', 'Data', repositoryUrl(repository, ref)],
    ['commits', 'Commits', commitsUrl(repository, ref)],
    ['compare', 'Compare', compareUrl(repository, undefined, ref)],
    ['sql', 'SQL', sqlUrl(repository, ref)],
    ['refs', 'Branches & tags', refsUrl(repository)],
    ['replication', 'Replication', replicationUrl(repository)],
    ...(repository.isOwned ? [['rights', 'Rights', rightsUrl(repository)] as const] : []),
  ];
  const names = html`<span class="owner">${repository.owner}</span><span class="slash"> / </span><a
href="${repositoryUrl(repository)}">${repository.database}</a>`;
  // The page of the repository itself has no other heading.
  const head = html`<div class="head">
<div class="name">${title === '' ? html`<h1>${names}</h1>` : names} ${visibility(repository)}</div>
<nav class="tabs" aria-label="Repository"><ul>${tabs.map(
    ([name, label, to]) => html`<li><a href="${to}"${name === tab && html` aria-current="page"`}>${label}</a></li>`,
  )}</ul></nav>
</div>`;
  const name = `${repository.owner}/${repository.database}`;
  return page({ title: title === '' ? name : `${title} · ${name}`, visit, content: html`${head}${content}` });
}

export const visibility = ({ isPublic }: HubRepository): Html =>
  isPublic ? html`<span class="label public">public</span>` : html`<span class="label private">private</span>`;

/** What went wrong, in a sentence. */
export function problemPage(visit: Visit, status: number, title: string, message: string): string {
  const signIn =
    status === 404 &&
    visit.caller === undefined &&
    !visit.isOpen &&
    html`<p class="quiet">Private repositories are shown to those who <a href="/login${query({
      next: visit.path,
    })}">sign in</a>.</p>`;
  const content = html`<div class="problem"><p class="status">${status}</p><h1>${title}</h1>
<p>${message}</p>${signIn}<p><a href="/">All repositories</a></p></div>`;
  return page({ title, visit, content });
}
