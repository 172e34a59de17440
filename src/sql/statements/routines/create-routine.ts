/** CREATE, ALTER and DROP of procedures and functions. */
import type { RootValue } from '../../../repo/root-value.ts';
import type { Steps } from '../../../repo/steps.ts';
import { TableEditor } from '../../../table/table-editor.ts';
import type { Value } from '../../../tuple/value.ts';
import { Privilege } from '../../accounts/privilege.ts';
import { findRoutine, PROCEDURES_TABLE, type StoredRoutine } from '../../catalog/stored-programs.ts';
import { isScalarFunction } from '../../expressions/calls.ts';
import type { DatabaseHandle } from '../../session/database-handle.ts';
import { ok } from '../../session/statement-result.ts';
import type { TableName } from '../../syntax/ast/node.ts';
import type {
  AlterRoutineStatement,
  CreateRoutineStatement,
  RoutineCharacteristics,
} from '../../syntax/ast/routine-statements.ts';
import { identifierTooLong, SqlError } from '../../types/sql-error.ts';
import { definedText } from '../definers.ts';
import { putFragment, withoutFragment } from '../fragments.ts';
import { writableInternalTable } from '../internal-tables.ts';
import type { RunStatement, StatementScene } from '../scene.ts';
import { resolveRoutine } from './resolve.ts';
import * as errors from './routine-errors.ts';
import { grantToCreator, revokeFromAll } from './routine-privileges.ts';

// biome-ignore lint/correctness/useYield: it never waits
export const runCreateRoutine: RunStatement<CreateRoutineStatement> = function* (statement, scene) {
  const { session } = scene;
  const { routine, ifNotExists, orReplace } = statement;
  const { name } = statement.name;
  const handle = session.handle(statement.name.database);
  session.assertWritable(handle);
  if (name.length > 64) throw identifierTooLong(name);
  const root = session.root(handle);
  const existing = findRoutine(root, routine, name);
  if (existing !== undefined && !orReplace) {
    const exists = errors.routineExists(routine.toUpperCase(), name);
    if (!ifNotExists) throw exists;
    session.warn({ level: 'Note', code: exists.errno, message: exists.message });
    return ok();
  }
  if (routine === 'function' && isScalarFunction(name)) {
    throw new SqlError(1585, 'HY000', `This function '${name}' has the same name as a native function`);
  }
  if (existing !== undefined) {
    session.access?.assertRoutine(Privilege.alterRoutine, statement.name, false, routine === 'procedure');
  }
  resolveRoutine(statement, scene.script);
  const text = definedText(statement, scene);
  const now = Math.floor(session.engine.clock.now() * 1000);
  const ready = existing === undefined ? root : withoutRoutine(root, routine, name);
  store(handle, ready, routine, { name, text, created: now, modified: now }, scene);
  grantToCreator(levelOf(routine, handle, name), session);
  return ok();
};

function levelOf(routine: 'procedure' | 'function', { database }: DatabaseHandle, name: string) {
  return { kind: 'routine', database: database.name, routine: name, isProcedure: routine === 'procedure' } as const;
}

interface NewRoutine {
  readonly name: string;
  readonly text: string;
  /** Microseconds since 1970 UTC. */
  readonly created: Value;
  readonly modified: Value;
  readonly sqlMode?: string;
}

function store(
  handle: DatabaseHandle,
  root: RootValue,
  routine: 'procedure' | 'function',
  { name, text, created, modified, sqlMode }: NewRoutine,
  scene: StatementScene,
): void {
  const { session } = scene;
  const mode = sqlMode ?? session.variables.text('sql_mode');
  if (routine === 'function') {
    const seconds = Math.floor(Number(created) / 1_000_000);
    putFragment(handle, root, { type: 'function', name, text, created: seconds, sqlMode: mode }, scene);
    return;
  }
  const ready = root.hasTable(PROCEDURES_TABLE)
    ? root
    : writableInternalTable(PROCEDURES_TABLE, root, session.view(handle))!;
  const table = ready.table(PROCEDURES_TABLE)!;
  if (text.length > LONGEST_PROCEDURE) {
    const message = `a procedure of more than ${LONGEST_PROCEDURE} characters does not fit into ${PROCEDURES_TABLE}`;
    throw new SqlError(1406, '22001', message);
  }
  const values: Readonly<Record<string, Value>> = {
    name: name.toLowerCase(),
    create_stmt: text,
    created_at: created,
    modified_at: modified,
    sql_mode: mode,
  };
  const editor = new TableEditor(table);
  editor.insert(table.schema.columns.map((column) => values[column.name.toLowerCase()] ?? null));
  session.setRoot(handle, ready.withTable(PROCEDURES_TABLE, editor.finish()));
}

/** What the column `create_stmt` holds. */
const LONGEST_PROCEDURE = 8191;

function withoutRoutine(root: RootValue, routine: 'procedure' | 'function', name: string): RootValue {
  if (routine === 'function') return withoutFragment(root, 'function', name);
  const table = root.table(PROCEDURES_TABLE)!;
  const editor = new TableEditor(table);
  const row = editor.get([name.toLowerCase()]);
  if (row !== undefined) editor.delete(row);
  return root.withTable(PROCEDURES_TABLE, editor.finish());
}

export function* dropRoutine(
  routine: 'procedure' | 'function',
  { database, name }: TableName,
  ifExists: boolean,
  scene: StatementScene,
): Steps<void> {
  const { session } = scene;
  const handle = session.handle(database);
  session.assertWritable(handle);
  const root = session.root(handle);
  if (findRoutine(root, routine, name) === undefined) {
    const missing = errors.noSuchRoutine(routine.toUpperCase(), `${handle.database.name}.${name}`);
    if (!ifExists) throw missing;
    session.warn({ level: 'Note', code: missing.errno, message: missing.message });
    return;
  }
  session.setRoot(handle, withoutRoutine(root, routine, name));
  yield* revokeFromAll(levelOf(routine, handle, name), scene);
}

// biome-ignore lint/correctness/useYield: it never waits
export const runAlterRoutine: RunStatement<AlterRoutineStatement> = function* (statement, scene) {
  const { session } = scene;
  const { routine, name, characteristics } = statement;
  const handle = session.handle(name.database);
  session.assertWritable(handle);
  const root = session.root(handle);
  const existing = findRoutine(root, routine, name.name);
  if (existing === undefined) throw errors.noSuchRoutine(routine.toUpperCase(), `${handle.database.name}.${name.name}`);
  const modified = Math.floor(session.engine.clock.now() * 1000);
  const text = withCharacteristics(existing, characteristics);
  store(handle, withoutRoutine(root, routine, existing.name), routine, { ...existing, text, modified }, scene);
  return ok();
};

/** The text of a routine whose characteristics are its own and, where they say something else, others. */
function withCharacteristics({ statement, script }: StoredRoutine, others: RoutineCharacteristics): string {
  const { characteristicsAt: at, characteristics, start, end, body } = statement;
  const words = characteristicsText({ ...characteristics, ...others });
  return `${script.slice(start, at.start)} ${words}\n${script.slice(body.start, end)}`;
}

function characteristicsText({ comment, deterministic, access, security }: RoutineCharacteristics): string {
  const words: string[] = [];
  if (deterministic !== undefined) words.push(deterministic ? 'DETERMINISTIC' : 'NOT DETERMINISTIC');
  if (access !== undefined) words.push(access.toUpperCase());
  if (security !== undefined) words.push(`SQL SECURITY ${security.toUpperCase()}`);
  if (comment !== undefined) words.push(`COMMENT '${comment.replaceAll("'", "''")}'`);
  return words.join(' ');
}
