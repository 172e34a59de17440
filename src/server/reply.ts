/** What statements gave, as packets: OK for changes, columns and rows for queries. */
import type { Session } from '../sql/engine.ts';
import type { ExecutedStatement } from '../sql/script-session.ts';
import type { ResultColumn, RowsResult } from '../sql/session/statement-result.ts';
import { binaryRowWriter } from '../wire/binary-row.ts';
import { Capability, ServerStatus } from '../wire/capabilities.ts';
import { columnDefinition } from '../wire/column-types.ts';
import { writeColumnDefinition } from '../wire/packets/column-definition.ts';
import { END_OF_ROWS, OK, type OkPacket, type SessionChange, writeEof, writeOk } from '../wire/packets/ok.ts';
import type { TextEncoding } from '../wire/text-encoding.ts';
import { textRowWriter } from '../wire/text-row.ts';
import type { Channel } from './channel.ts';

export interface ReplyScene {
  readonly channel: Channel;
  readonly session: Session;
  readonly capabilities: number;
  /** How the client gets text. */
  encoding(): TextEncoding;
  /** What changed in the session since the last reply, for clients that track it. */
  takeChanges(): readonly SessionChange[];
}

export type RowForm = 'text' | 'binary';

/** Writes the whole reply to one statement. `more`: another result follows. */
export async function writeReply(
  { result, warnings }: ExecutedStatement,
  form: RowForm,
  more: boolean,
  scene: ReplyScene,
): Promise<void> {
  const { channel, session, capabilities } = scene;
  if (result.kind === 'rows') {
    await writeRows(result, form, more, scene);
    return;
  }
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
}

async function writeRows(result: RowsResult, form: RowForm, more: boolean, scene: ReplyScene): Promise<void> {
  const { channel, session } = scene;
  const { writer } = channel;
  const batches = session.batches(result);
  // The first batch before anything is sent: most of what can fail has failed by then.
  let next = await batches.next();
  writeColumns(result.columns, scene);
  const types = result.columns.map(({ type }) => type);
  const writeRow = (form === 'binary' ? binaryRowWriter : textRowWriter)(types, scene.encoding());
  for (; !next.done; next = await batches.next()) {
    const { length, columns } = next.value;
    for (let row = 0; row < length; row++) {
      writeRow(writer, columns, row);
      const sent = channel.flushMuch();
      if (sent !== undefined) await sent;
      if (!channel.isOpen) session.interrupt();
    }
  }
  writeEnd(scene, more);
}

/** Number of columns, then what each is. `extra` is added to the status at their end. */
export function writeColumns(columns: readonly ResultColumn[], scene: ReplyScene, extra = 0): void {
  const { writer } = scene.channel;
  writer.start();
  writer.lengthInteger(columns.length);
  writer.end();
  writeDefinitions(columns, scene, extra);
}

/** Definitions, and the end of them for clients that want it. */
export function writeDefinitions(columns: readonly ResultColumn[], scene: ReplyScene, extra = 0): void {
  const { channel, session, capabilities } = scene;
  const { collation } = scene.encoding();
  for (const column of columns) writeColumnDefinition(channel.writer, columnDefinition(column, collation));
  if ((capabilities & Capability.deprecateEof) === 0) {
    writeEof(channel.writer, statusOf(session, false) | extra, session.state.warnings.length);
  }
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
