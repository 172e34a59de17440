/** What statements gave, as packets: OK for changes, columns and rows for queries. */
import type { Steps } from '../repo/steps.ts';
import type { Session } from '../sql/engine-session.ts';
import { isWait } from '../sql/execute/operator.ts';
import type { ExecutedStatement } from '../sql/script-session.ts';
import type { ResultColumn, ResultSink, RowsResult, StatementResult } from '../sql/session/statement-result.ts';
import type { Statement } from '../sql/syntax/ast/statement.ts';
import { SqlError } from '../sql/types/sql-error.ts';
import { Capability, ServerStatus } from '../wire/capabilities.ts';
import { END_OF_ROWS, OK, type OkPacket, type SessionChange, writeEof, writeOk } from '../wire/packets/ok.ts';
import type { TextEncoding } from '../wire/text-encoding.ts';
import type { WriteRows } from '../wire/text-row.ts';
import type { Channel } from './channel.ts';
import { type ResultForm, type RowForm, resultForm } from './result-form.ts';

export interface ReplyScene {
  readonly channel: Channel;
  readonly session: Session;
  readonly capabilities: number;
  /** How the client gets text. */
  encoding(): TextEncoding;
  /** What changed in the session since the last reply, for clients that track it. */
  takeChanges(): readonly SessionChange[];
}

/** Writes the whole reply to one statement; its rows as the operation goes on. `more`: another result follows. */
export function writeReply(
  executed: ExecutedStatement,
  form: RowForm,
  more: boolean,
  scene: ReplyScene,
): Steps<unknown> | undefined {
  return executed.more === undefined
    ? writeResult(executed, form, more, scene)
    : writeResults(executed, form, more, scene);
}

/** Several results of one statement, a CALL: those of its queries, each sent before the next is known, and how it ended. */
function* writeResults(executed: ExecutedStatement, form: RowForm, more: boolean, scene: ReplyScene): Steps<void> {
  if ((scene.capabilities & Capability.multiResults) === 0) throw noResultSetHere(executed.statement);
  const write = (result: StatementResult): Steps<unknown> | undefined =>
    writeResult({ ...executed, result }, form, more || result.kind === 'rows', scene);
  yield* write(executed.result) ?? [];
  for (const result of executed.more as Iterable<StatementResult>) yield* write(result) ?? [];
}

/** Sends the results of a CALL while it runs; undefined for statements that give one result at most. */
export function resultSink(statement: Statement, form: RowForm, scene: ReplyScene): ResultSink | undefined {
  if (statement.kind !== 'call' && statement.kind !== 'execute') return undefined;
  const { channel, capabilities } = scene;
  return {
    *take(result) {
      if (result.isOutValues && (capabilities & Capability.preparedMultiResults) === 0) return 0;
      if ((capabilities & Capability.multiResults) === 0) throw noResultSetHere(statement);
      const count = yield* writeRows(result, form, true, scene);
      const sent = channel.flush();
      if (sent !== undefined) yield { until: sent };
      return count;
    },
  };
}

function noResultSetHere(statement: Statement): SqlError {
  const name = statement.kind === 'call' ? statement.name : '';
  return new SqlError(1312, '0A000', `PROCEDURE ${name} can't return a result set in the given context`);
}

function writeResult(
  { result, warnings }: ExecutedStatement,
  form: RowForm,
  more: boolean,
  scene: ReplyScene,
): Steps<unknown> | undefined {
  const { channel, session, capabilities } = scene;
  if (result.kind === 'rows') return writeRows(result, form, more, scene);
  const countsMatches = (capabilities & Capability.foundRows) !== 0 && result.change === 'update';
  const packet: OkPacket = {
    affectedRows: countsMatches ? result.matchedRows : result.affectedRows,
    insertId: result.insertId,
    status: statusOf(session, more),
    warnings: warnings().length,
    info: result.info,
    changes: scene.takeChanges(),
  };
  writeOk(channel.writer, packet, capabilities, OK);
  return undefined;
}

/** How many rows there were. */
function* writeRows(result: RowsResult, form: RowForm, more: boolean, scene: ReplyScene): Steps<number> {
  const { channel, session } = scene;
  const { writer } = channel;
  const extra = result.isOutValues ? ServerStatus.outParameters : 0;
  let write: WriteRows | undefined;
  let count = 0;
  try {
    for (const item of result.rows) {
      if (isWait(item)) {
        yield item;
        continue;
      }
      // The first batch before anything is sent: most of what can fail has failed by then.
      write ??= writeColumns(result.columns, scene, extra).rowWriter(form);
      const { length, columns } = item;
      for (let row = 0; row < length; ) {
        row = write(writer, columns, row, length);
        const sent = channel.flushMuch();
        if (sent !== undefined) yield { until: sent };
      }
      count += length;
      if (!channel.isOpen) session.interrupt();
    }
  } catch (error) {
    // A handler may go on with other results behind these.
    if (write !== undefined && more) {
      writer.abandon();
      writeEnd(scene, more, extra);
    }
    throw error;
  }
  if (write === undefined) writeColumns(result.columns, scene, extra);
  writeEnd(scene, more, extra);
  return count;
}

/** Number of columns, then what each is. `extra` is added to the status at their end. Answers how their rows are written. */
export function writeColumns(columns: readonly ResultColumn[], scene: ReplyScene, extra = 0): ResultForm {
  const { writer } = scene.channel;
  writer.start();
  writer.lengthInteger(columns.length);
  writer.end();
  return writeDefinitions(columns, scene, extra);
}

/** Definitions, and the end of them for clients that want it. */
export function writeDefinitions(columns: readonly ResultColumn[], scene: ReplyScene, extra = 0): ResultForm {
  const { channel, session, capabilities } = scene;
  const form = resultForm(columns, scene.encoding());
  form.writeDefinitions(channel.writer);
  if ((capabilities & Capability.deprecateEof) === 0) {
    writeEof(channel.writer, statusOf(session, false) | extra, session.state.warnings.length);
  }
  return form;
}

/** The end of rows. */
export function writeEnd(scene: ReplyScene, more: boolean, extra = 0): void {
  const { channel, session, capabilities } = scene;
  const status = statusOf(session, more) | extra;
  const warnings = session.state.warnings.length;
  if ((capabilities & Capability.deprecateEof) === 0) {
    writeEof(channel.writer, status, warnings);
    return;
  }
  const packet: OkPacket = { affectedRows: 0, insertId: 0, status, warnings, info: '', changes: scene.takeChanges() };
  writeOk(channel.writer, packet, capabilities, END_OF_ROWS);
}

export function statusOf({ state }: Session, more: boolean): number {
  const inTransaction = state.inTransaction || (!state.autocommit && state.hasTransaction);
  return (
    (inTransaction ? ServerStatus.inTransaction : 0) |
    (state.autocommit ? ServerStatus.autocommit : 0) |
    (more ? ServerStatus.moreResults : 0) |
    (state.sqlMode.has('NO_BACKSLASH_ESCAPES') ? ServerStatus.noBackslashEscapes : 0)
  );
}
