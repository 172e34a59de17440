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
    try {
      const { value, done } = await statements.next();
      if (done) return status;
      await printStatement(terminal, session, value, options);
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
  { format, showsChanges }: RunOptions,
): Promise<void> {
  const { result } = executed;
  if (result.kind === 'rows') {
    const printer = resultPrinter(format, (text, binary) => terminal.write(text, binary));
    const batches = session.batches(result);
    // The first batch before anything is printed: most of what can fail has failed by then.
    let next = await batches.next();
    printer.begin(result.columns);
    for (; !next.done; next = await batches.next()) printer.batch(next.value);
    printer.end();
  } else if (showsChanges && result.change !== 'other') {
    terminal.line(changeText(result));
  }
  for (const { level, code, message } of executed.warnings()) {
    if (level !== 'Note' && !DEPRECATIONS.has(code)) terminal.error(message);
  }
}

/** `Query OK, 1 row affected`, as MySQL's shell says it. */
export function changeText({ affectedRows }: OkResult): string {
  return `Query OK, ${affectedRows} row${affectedRows === 1 ? '' : 's'} affected`;
}

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
