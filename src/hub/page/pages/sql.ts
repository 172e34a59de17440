/** Read-only SQL at a ref. The statement is in the address, so that a result can be shared and reloaded. */
import type { Value } from '../../../tuple/value.ts';
import { cellFormat } from '../../content/cell.ts';
import type { SqlAnswer } from '../../content/run-statement.ts';
import type { SqlLimits } from '../../content/sql-limits.ts';
import { tablesOf } from '../../content/tables.ts';
import { count, counted, duration } from '../format.ts';
import { type Html, html } from '../html.ts';
import { type RepositoryVisit, repositoryPage } from '../layout.ts';
import { card, cell, classes, refPicker, scrolled } from '../parts.ts';
import { sqlUrl } from '../urls.ts';

export type SqlOutcome = { readonly answer: SqlAnswer } | { readonly error: string } | undefined;

export function sqlPage(visit: RepositoryVisit, sql: string, outcome: SqlOutcome, limits: SqlLimits): string {
  const { repository, reading, ref, point } = visit;
  const [first] = tablesOf(reading.root(point));
  const example =
    first === undefined ? 'show tables' : `select * from \`${first.name.replaceAll('`', '``')}\` limit 20`;
  const tryLink = (text: string): Html => html`<a href="${sqlUrl(repository, ref, text)}"><code>${text}</code></a>`;
  const content = html`<div class="bar">${refPicker(repository, reading, point, (to) => sqlUrl(repository, to, sql))}
<h1 class="fill">SQL</h1></div>
<form class="sql" action="${sqlUrl(repository)}">
${ref !== undefined && html`<input type="hidden" name="ref" value="${ref}">`}
<label for="q" class="skip">Statement</label>
<textarea id="q" name="q" spellcheck="false" autocapitalize="off" autocomplete="off" required
placeholder="${example}">${sql}</textarea>
<div class="bar"><button>Run</button>
<span class="quiet">Read only, at ${point.text}.
Ends after ${limits.time / 1000} seconds or ${count(limits.rows)} rows.</span></div>
</form>
${outcome !== undefined && outcomePart(outcome)}
${
  sql === '' &&
  html`<p class="quiet">Try ${tryLink(example)}, ${tryLink('show tables')}
or ${tryLink('select * from dolt_log limit 10')}.</p>`
}`;
  return repositoryPage(visit, { title: 'SQL', tab: 'sql', content });
}

function outcomePart(outcome: NonNullable<SqlOutcome>): Html {
  return 'error' in outcome ? html`<p class="notice" role="alert">${outcome.error}</p>` : answerCard(outcome.answer);
}

function answerCard({ columns, rows, isCut, time }: SqlAnswer): Html {
  const formats = columns.map(({ type }) => cellFormat(type));
  const isNumber = (i: number): string | false => formats[i]!.isNumber && 'number';
  const line = (row: readonly Value[]): Html =>
    html`<tr>${row.map((value, i) => html`<td${classes(isNumber(i))}>${cell(value, formats[i])}</td>`)}</tr>`;
  const title = isCut ? `The first ${counted(rows.length, 'row')}` : counted(rows.length, 'row');
  const table = html`<table>
<thead><tr>${columns.map(({ name }, i) => html`<th${classes(isNumber(i))}>${name}</th>`)}</tr></thead>
<tbody>${rows.map(line)}</tbody></table>`;
  const body = rows.length === 0 ? html`<p class="empty">No rows.</p>` : scrolled('Result', table);
  return card(title, body, { note: duration(time) });
}
