/** The commands of the protocol, one function each. `payload` begins with the command's byte. */
import { type Steps, waitFor } from '../repo/steps.ts';
import { isWait } from '../sql/execute/operator.ts';
import type { Batch } from '../sql/expressions/batch.ts';
import type { TypedValue } from '../sql/expressions/session-view.ts';
import type { RowsResult } from '../sql/session/statement-result.ts';
import { type ParsedStatement, parseOptionsOf, parseStatement } from '../sql/syntax/parse.ts';
import { quoteName } from '../sql/syntax/print-expression.ts';
import { SqlSyntaxError } from '../sql/syntax/sql-syntax-error.ts';
import { Capability, CommandCode, ServerStatus } from '../wire/capabilities.ts';
import { columnDefinition } from '../wire/column-types.ts';
import { readChangeUser } from '../wire/packets/change-user.ts';
import { writeColumnFields } from '../wire/packets/column-definition.ts';
import { writeEof } from '../wire/packets/ok.ts';
import { writePrepareOk } from '../wire/packets/prepare-ok.ts';
import { PayloadReader } from '../wire/payload-reader.ts';
import type { Connection } from './connection.ts';
import { addLongData, type PreparedStatement, readExecution, resetStatement } from './prepared-statements.ts';
import { resultSink, statusOf, writeColumns, writeDefinitions, writeEnd, writeReply } from './reply.ts';
import { type RowForm, resultForm } from './result-form.ts';
import { longDataTooLong, noOpenCursor, notPrepared, unknownCommand } from './server-error.ts';

/** Writes the answer; an operation where something may have to be waited for. */
export type RunCommand = (connection: Connection, payload: Buffer) => Steps<void> | undefined | void;

export function commandOf(code: number | undefined): RunCommand | undefined {
  return code === undefined ? undefined : COMMANDS.get(code);
}

function* query(connection: Connection, payload: Buffer): Steps<void> {
  const { session, capabilities, scene } = connection;
  const text = connection.clientEncoding().decode(payload.subarray(1));
  connection.doing = text;
  const sqlMode = session.state.variables.text('sql_mode');
  const takesMany = (capabilities & Capability.multiStatements) !== 0;
  let isEmpty = true;
  for (const { parsed, more } of scene.statements.read(text, sqlMode, (reader) => session.parse(reader))) {
    isEmpty = false;
    if (more && !takesMany) {
      const at = parsed.statement.end;
      throw new SqlSyntaxError(text, at, text.slice(at, at + 80));
    }
    yield* answer(parsed, [], 'text', more, connection);
  }
  // Only blanks and comments.
  if (isEmpty) connection.writeOk();
}

/** Runs a statement and writes what it gives. */
function* answer(
  parsed: ParsedStatement,
  parameters: readonly TypedValue[],
  form: RowForm,
  more: boolean,
  connection: Connection,
): Steps<void> {
  const results = resultSink(parsed.statement, form, connection);
  const rows = writeReply(yield* connection.run(parsed, parameters, results), form, more, connection);
  if (rows !== undefined) yield* rows;
}

function* prepare(connection: Connection, payload: Buffer): Steps<void> {
  const { session, prepared, channel } = connection;
  const { variables } = session.state;
  const text = connection.clientEncoding().decode(payload.subarray(1));
  connection.doing = text;
  const parsed = parseStatement(text, parseOptionsOf(variables.text('sql_mode')));
  if (parsed.statement.kind === 'loadData') throw notPrepared();
  const columns = yield* session.describe(parsed);
  // What its text gives warnings of is told now, not at each execution.
  session.state.warnings = parsed.warnings.map((warning) => ({ level: 'Warning', ...warning }));
  const statement = prepared.add({ ...parsed, warnings: [] }, variables.number('max_prepared_stmt_count'));
  writePrepareOk(channel.writer, {
    statement: statement.id,
    columns: columns.length,
    parameters: parsed.parameters,
    warnings: parsed.warnings.length,
  });
  if (parsed.parameters > 0) {
    writeDefinitions(
      Array.from({ length: parsed.parameters }, () => PARAMETER),
      connection,
    );
  }
  if (columns.length > 0) writeDefinitions(columns, connection);
}

const PARAMETER = { name: '?', type: { kind: 'varbinary', length: 0 }, nullable: true } as const;

function execute(connection: Connection, payload: Buffer): Steps<void> {
  const { prepared } = connection;
  const reader = new PayloadReader(payload, 1);
  const statement = prepared.mustGet(reader.uint32(), 'mysqld_stmt_execute');
  if (statement.longDataBytes > 0 && statement.longDataBytes > mostLongData(connection)) {
    resetStatement(statement);
    throw longDataTooLong();
  }
  const { parameters, wantsCursor } = readExecution(reader, statement, connection.clientEncoding());
  resetStatement(statement);
  connection.doing = statement.parsed.text;
  // The results of a CALL are sent as they come, with a cursor or without.
  return !wantsCursor || statement.parsed.statement.kind === 'call'
    ? answer(statement.parsed, parameters, 'binary', false, connection)
    : answerByCursor(statement, parameters, connection);
}

/** Runs a statement for whoever fetches its rows later; where it has none, writes what it gives. */
function* answerByCursor(
  statement: PreparedStatement,
  parameters: readonly TypedValue[],
  connection: Connection,
): Steps<void> {
  const executed = yield* connection.run(statement.parsed, parameters);
  const { result } = executed;
  const rows =
    result.kind === 'rows'
      ? openCursor(connection, statement, result)
      : writeReply(executed, 'binary', false, connection);
  if (rows !== undefined) yield* rows;
}

/** The rows are kept for COM_STMT_FETCH: other statements may run in between. */
function* openCursor(connection: Connection, statement: PreparedStatement, result: RowsResult): Steps<void> {
  const batches: Batch[] = [];
  for (const item of result.rows) {
    if (isWait(item)) yield item;
    else batches.push(item);
  }
  statement.cursor = { columns: result.columns, batches, row: 0 };
  writeColumns(result.columns, connection, ServerStatus.cursorExists);
  // The end of the definitions tells that there is a cursor, or what stands for it.
  if ((connection.capabilities & Capability.deprecateEof) !== 0) writeEnd(connection, false, ServerStatus.cursorExists);
}

function* fetch(connection: Connection, payload: Buffer): Steps<void> {
  const { channel, prepared } = connection;
  const reader = new PayloadReader(payload, 1);
  const statement = prepared.mustGet(reader.uint32(), 'mysqld_stmt_fetch');
  const { cursor } = statement;
  if (cursor === undefined) throw noOpenCursor(statement.id);
  let left = reader.uint32();
  const write = resultForm(cursor.columns, connection.encoding()).rowWriter('binary');
  for (let batch = cursor.batches[0]; batch !== undefined && left > 0; batch = cursor.batches[0]) {
    while (cursor.row < batch.length && left > 0) {
      const next = write(channel.writer, batch.columns, cursor.row, Math.min(batch.length, cursor.row + left));
      left -= next - cursor.row;
      cursor.row = next;
      const sent = channel.flushMuch();
      if (sent !== undefined) yield { until: sent };
    }
    if (cursor.row < batch.length) break;
    cursor.batches.shift();
    cursor.row = 0;
  }
  const isLast = cursor.batches.length === 0;
  if (isLast) statement.cursor = undefined;
  writeEnd(connection, false, isLast ? ServerStatus.lastRowSent : ServerStatus.cursorExists);
}

/** Has no reply; what is wrong is told by the execution. */
function sendLongData(connection: Connection, payload: Buffer): void {
  const reader = new PayloadReader(payload, 1);
  const statement = connection.prepared.get(reader.uint32());
  if (statement === undefined) return;
  addLongData(statement, reader.uint16(), reader.rest(), mostLongData(connection));
}

/** Bytes that the parameters of a statement may have that come in pieces. */
function mostLongData({ session }: Connection): number {
  return session.state.variables.number('max_allowed_packet');
}

/** Has no reply. */
function closeStatement(connection: Connection, payload: Buffer): void {
  connection.prepared.close(new PayloadReader(payload, 1).uint32());
}

function reset(connection: Connection, payload: Buffer): void {
  resetStatement(connection.prepared.mustGet(new PayloadReader(payload, 1).uint32(), 'mysqld_stmt_reset'));
  connection.writeOk();
}

function initDatabase(connection: Connection, payload: Buffer): void {
  connection.session.state.selection.use(connection.clientEncoding().decode(payload.subarray(1)));
  connection.writeOk();
}

/** The columns of a table, for the completion of the shell. */
function* fieldList(connection: Connection, payload: Buffer): Steps<void> {
  const { session, channel } = connection;
  const table = new PayloadReader(payload, 1).terminatedText();
  const parsed = parseStatement(`select * from ${quoteName(table)}`);
  for (const column of yield* session.describe(parsed)) {
    channel.writer.start();
    const encoding = connection.encoding();
    writeColumnFields(channel.writer, columnDefinition(column, encoding.collation), encoding);
    channel.writer.uint8(NULL_DEFAULT);
    channel.writer.end();
  }
  writeEof(channel.writer, statusOf(session, false), 0);
}

const NULL_DEFAULT = 0xfb;

function statistics({ channel, scene }: Connection): void {
  const { writer } = channel;
  const seconds = Math.floor(scene.uptimeSeconds());
  const { questions, slow } = scene.engine.state.statementCounts;
  const threads = scene.connections().size;
  const average = (questions / Math.max(seconds, 1)).toFixed(3);
  writer.start();
  writer.text(
    `Uptime: ${seconds}  Threads: ${threads}  Questions: ${questions}  Slow queries: ${slow}  Queries per second avg: ${average}`,
  );
  writer.end();
}

function processKill(connection: Connection, payload: Buffer): void {
  const id = new PayloadReader(payload, 1).uint32();
  const { access, engine } = connection.session.state;
  if (engine.processes !== undefined) access?.assertMayKill(id, engine.processes);
  connection.scene.kill(id, false);
  connection.writeOk();
}

function changeUser(connection: Connection, payload: Buffer): Steps<void> {
  return waitFor(becomeUser(connection, payload));
}

async function becomeUser(connection: Connection, payload: Buffer): Promise<void> {
  const wanted = readChangeUser(payload, connection.capabilities);
  try {
    await connection.logIn(wanted);
    connection.attributes = wanted.attributes;
    await connection.openSession(wanted.database, wanted.collation);
  } catch (error) {
    // As MySQL: whoever does not become the other user is nobody any more.
    connection.finish();
    throw error;
  }
}

function resetConnection(connection: Connection): Steps<void> {
  return waitFor(connection.openSession(connection.session.database ?? undefined, undefined));
}

function setOption(connection: Connection, payload: Buffer): void {
  const option = new PayloadReader(payload, 1).uint16();
  if (option === 0 && !connection.scene.refusesMultiStatements) connection.capabilities |= Capability.multiStatements;
  else if (option === 1) connection.capabilities &= ~Capability.multiStatements;
  else throw unknownCommand();
  writeEof(connection.channel.writer, statusOf(connection.session, false), 0);
}

const COMMANDS: ReadonlyMap<number, RunCommand> = new Map<number, RunCommand>([
  [CommandCode.query, query],
  [CommandCode.prepare, prepare],
  [CommandCode.execute, execute],
  [CommandCode.fetch, fetch],
  [CommandCode.sendLongData, sendLongData],
  [CommandCode.closeStatement, closeStatement],
  [CommandCode.resetStatement, reset],
  [CommandCode.initDatabase, initDatabase],
  [CommandCode.fieldList, fieldList],
  [CommandCode.ping, (connection) => connection.writeOk()],
  [CommandCode.statistics, statistics],
  [CommandCode.processKill, processKill],
  [CommandCode.changeUser, changeUser],
  [CommandCode.resetConnection, resetConnection],
  [CommandCode.setOption, setOption],
  [CommandCode.debug, (connection) => writeEof(connection.channel.writer, statusOf(connection.session, false), 0)],
  [CommandCode.refresh, (connection) => connection.writeOk()],
]);
