/** Read-only SQL at a ref. The statement is in the address, so that a result can be shared and reloaded. */
import type { Value } from '../../../tuple/value.ts';
import { cellFormat } from '../../content/cell.ts';
import { tablesOf } from '../../content/tables.ts';
import type { SqlAnswer } from '../../read-only-sql.ts';
import type { SqlLimits } from '../../sql-limits.ts';
import { count, counted, duration } from '../format.ts';
import { type Html, html } from '../html.ts';
import { type RepositoryVisit, repositoryPage } from '../layout.ts';
import { cell, refPicker } from '../parts.ts';
import { sqlUrl } from '../urls.ts';

export type SqlOutcome = { readonly answer: SqlAnswer } | { readonly error: string } | undefined;

export function sqlPage(visit: RepositoryVisit, sql: string, outcome: SqlOutcome, limits: SqlLimits): string {
  const { repository, reading, ref, point } = visit;
  const [first] = tablesOf(reading.root(point));
  const example =
    first === undefined ? 'show tables' : `select * from \`${first.name.replaceAll('`', '``')}\` limit 20`;
  const content = html`<div class="bar">${refPicker(repository, reading, point, (to) => sqlUrl(repository, to, sql))}<h1 class="fill">SQL</h1></div>
<form class="sql" action="${sqlUrl(repository)}">
${ref !== undefined && html`<input type="hidden" name="ref" value="${ref}">`}
<label for="q" class="skip">Statement</label>
<textarea id="q" name="q" spellcheck="false" autocapitalize="off" autocomplete="off" required placeholder="${example}">${sql}</textarea>
<div class="bar"><button>Run</button><span class="quiet">Read only, at ${point.text}. Ends after ${limits.time / 1000} seconds or ${count(limits.rows)} rows.</span></div>
</form>
${outcome !== undefined && ('error' in outcome ? html`<p class="notice" role="alert">${outcome.error}</p>` : answerCard(outcome.answer))}
${
  sql === '' &&
  html`<p class="quiet">Try <a href="${sqlUrl(repository, ref, example)}"><code>${example}</code></a>, <a href="${sqlUrl(repository, ref, 'show tables')}"><code>show tables</code></a> or <a href="${sqlUrl(repository, ref, 'select * from dolt_log limit 10')}"><code>select * from dolt_log limit 10</code></a>.</p>`
}`;
  return repositoryPage(visit, { title: 'SQL', tab: 'sql', content });
}

function answerCard({ columns, rows, isCut, time }: SqlAnswer): Html {
  const formats = columns.map(({ type }) => cellFormat(type));
  const line = (row: readonly Value[]): Html =>
    html`<tr>${row.map((value, i) => html`<td${formats[i]!.isNumber && html` class="number"`}>${cell(value, formats[i])}</td>`)}</tr>`;
  const head = html`<div class="card-head"><h2 class="fill">${isCut ? `The first ${counted(rows.length, 'row')}` : counted(rows.length, 'row')}</h2><span class="quiet">${duration(time)}</span></div>`;
  if (rows.length === 0) return html`<div class="card">${head}<p class="empty">No rows.</p></div>`;
  return html`<div class="card">${head}<div class="scroll" tabindex="0" role="region" aria-label="Result"><table><thead><tr>${columns.map(
    ({ name }, i) => html`<th${formats[i]!.isNumber && html` class="number"`}>${name}</th>`,
  )}</tr></thead><tbody>${rows.map(line)}</tbody></table></div></div>`;
}
