/** Runs the statements of a text and prints their results, one after the other. */
import { DoltError } from '../../base/errors.ts';
import { HOOK_FAILED } from '../../replication/replication-errors.ts';
import type { ExecutedStatement, ScriptSession } from '../../sql/script-session.ts';
import type { OkResult } from '../../sql/session/statement-result.ts';
import { resultPrinter } from '../print/print-result.ts';
import type { ResultFormat } from '../print/result-printer.ts';
import type { Terminal } from '../terminal.ts';

const SYNTAX_ERROR = 1064;

/** Of syntax that will go: SHOW WARNINGS tells of it, and a script that is run would tell nothing else. */
const DEPRECATIONS: ReadonlySet<number> = new Set([1287, 1681, 3719]);

export interface RunOptions {
  readonly format: ResultFormat;
  /** Print `Query OK, 1 row affected` for statements that change rows. */
  readonly showsChanges: boolean;
  /** Go on after an error; the status still tells. */
  readonly continues?: boolean;
  /** As in a shell: behind each statement stand what it did and how long it took. */
  readonly summary?: Summary;
}

export interface Summary {
  /** Monotonic, in milliseconds. */
  now(): number;
  /** Warnings are shown, and not only counted. */
  readonly showsWarnings: boolean;
}

/** Answers the exit status; the message of a failing statement goes to standard error. */
export async function runScript(
  terminal: Terminal,
  session: ScriptSession,
  script: string,
  options: RunOptions,
): Promise<number> {
  let status = 0;
  const explain = (error: unknown): void => {
    if (!(error instanceof DoltError)) throw error;
    terminal.error(errorText(session, script, error));
    status = 1;
  };
  const statements = session.execute(script, [], options.continues ? explain : undefined);
  for (;;) {
    const start = options.summary?.now() ?? 0;
    try {
      const { value, done } = await statements.next();
      if (done) return status;
      await printStatement(terminal, session, value, options, start);
    } catch (error) {
      explain(error);
      if (!options.continues) return status;
    }
  }
}

async function printStatement(
  terminal: Terminal,
  session: ScriptSession,
  executed: ExecutedStatement,
  { format, showsChanges, summary }: RunOptions,
  start: number,
): Promise<void> {
  const { result } = executed;
  // What a program reads gets no summary.
  const isSummed = summary !== undefined && (format === 'tabular' || format === 'vertical');
  let count = 0;
  if (result.kind === 'rows') {
    const printer = resultPrinter(format, (text, binary) => terminal.write(text, binary), isSummed ? '\n' : undefined);
    const batches = session.batches(result);
    // The first batch before anything is printed: most of what can fail has failed by then.
    let next = await batches.next();
    printer.begin(result.columns);
    for (; !next.done; next = await batches.next()) {
      count += next.value.length;
      printer.batch(next.value);
    }
    if (count > 0 || !isSummed) printer.end();
  } else if (showsChanges && !isSummed && result.change !== 'other') {
    terminal.line(changeText(result));
  }
  const warnings = executed.warnings();
  if (isSummed) {
    terminal.write(summaryText(executed, count, summary.now() - start));
    if (!summary.showsWarnings) return;
    for (const { level, code, message } of warnings) terminal.line(`${level} (Code ${code}): ${message}`);
    if (warnings.length > 0) terminal.line('');
    return;
  }
  for (const { level, code, message } of warnings) {
    if (level !== 'Note' && !DEPRECATIONS.has(code)) terminal.error(message);
  }
}

/** `Query OK, 1 row affected`, as MySQL's shell says it. */
export function changeText({ affectedRows }: OkResult): string {
  return `Query OK, ${rowsText(affectedRows)} affected`;
}

/** `2 rows in set, 1 warning (0.01 sec)`, and an empty line; in Dolt's words. */
function summaryText({ statement, result, warnings }: ExecutedStatement, count: number, took: number): string {
  if (statement.kind === 'use') return 'Database Changed\n';
  const what = result.kind === 'ok' ? changeText(result) : count === 0 ? 'Empty set' : `${rowsText(count)} in set`;
  const { length } = warnings();
  const warned = length === 0 ? '' : `, ${length} warning${length === 1 ? '' : 's'}`;
  const info = result.kind === 'ok' && result.info !== '' ? `${result.info}\n` : '';
  return `${what}${warned} (${(took / 1000).toFixed(2)} sec)\n${info}\n`;
}

const rowsText = (count: number): string => `${count} row${count === 1 ? '' : 's'}`;

/** Says which statement of a script failed, and where it stands. */
function errorText(session: ScriptSession, script: string, error: DoltError): string {
  const running = session.running;
  const { errno } = error as { errno?: unknown };
  // A syntax error says where it is by itself; replication fails after the statement has done its work.
  if (errno === SYNTAX_ERROR || errno === HOOK_FAILED || running === undefined) return error.message;
  const start = running.statement.start;
  const line = script.slice(0, start).split('\n').length;
  const text = running.text.length > 200 ? `${running.text.slice(0, 200)}…` : running.text;
  return `error on line ${line} for query ${text}: ${error.message}`;
}
