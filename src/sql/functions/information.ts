/** What the session knows: user, database, counters, locks, and Dolt's own functions. */
import type { Integer, Value } from '../../tuple/value.ts';
import { coercibility } from '../expressions/coerce.ts';
import type { EvaluationContext } from '../expressions/evaluation-context.ts';
import type { SessionView } from '../expressions/session-view.ts';
import { BIGINT, BOOLEAN, INT, LONGTEXT, type SqlType, UNSIGNED_BIGINT, varchar } from '../types/sql-type.ts';
import { asDouble, asInteger, asIs, asText, type Convert, simple } from './arguments.ts';
import type { ScalarFunction } from './scalar-function.ts';

/** A function without arguments that the session answers. */
function fact(
  name: string,
  type: SqlType,
  read: (session: SessionView) => Value,
  aliases: readonly string[] = [],
  nullable = false,
): ScalarFunction {
  return simple(name, [], type, (_args, context) => read(context.session), { session: true, aliases, nullable });
}

const lastInsertId: ScalarFunction = {
  name: 'last_insert_id',
  minArguments: 0,
  maxArguments: 1,
  volatile: true,
  bind([given]) {
    if (given === undefined) {
      return { type: UNSIGNED_BIGINT, nullable: false, apply: (_args, { session }) => session.lastInsertId() };
    }
    return {
      type: UNSIGNED_BIGINT,
      args: [asInteger(given)],
      apply: ([value], { session }) => {
        session.setLastInsertId(value as Integer);
        return value!;
      },
    };
  },
};

const textOrNull = (value: Value | undefined) =>
  value === undefined || value === null ? undefined : (value as string);

function ofDolt(
  name: string,
  minimum: number,
  maximum: number,
  apply: (args: readonly Value[], context: EvaluationContext) => Value,
  type: SqlType = LONGTEXT,
  aliases: readonly string[] = [],
): ScalarFunction {
  return {
    name,
    aliases,
    minArguments: minimum,
    maxArguments: maximum,
    session: true,
    bind: (given) => ({ type, args: given.map(asText), nullable: true, apply }),
  };
}

/** NULL is no name of a lock either, and the session says so. */
function onLock(
  name: string,
  converts: readonly Convert[],
  type: SqlType,
  apply: (args: readonly Value[], context: EvaluationContext) => Value,
): ScalarFunction {
  return simple(name, converts, type, apply, { volatile: true, locks: true, nullable: true, handlesNull: true });
}

export const informationFunctions: readonly ScalarFunction[] = [
  fact('user', LONGTEXT, (session) => session.user(), ['session_user', 'system_user']),
  fact('current_user', LONGTEXT, (session) => session.currentUser()),
  fact('current_role', LONGTEXT, (session) => session.currentRole()),
  fact('database', LONGTEXT, (session) => session.database(), ['schema'], true),
  fact('connection_id', UNSIGNED_BIGINT, (session) => session.connectionId()),
  fact('row_count', BIGINT, (session) => session.rowCount()),
  fact('found_rows', BIGINT, (session) => session.foundRows()),
  fact('version', LONGTEXT, (session) => session.systemVariable('version', 'global').value),
  fact('icu_version', LONGTEXT, () => '73.1'),
  lastInsertId,
  fact('last_insert_uuid', varchar(36), (session) => session.lastInsertUuid()),
  {
    name: 'coercibility',
    minArguments: 1,
    maxArguments: 1,
    bind: ([given]) => {
      const strength = coercibility(given!);
      return { type: INT, nullable: false, handlesNull: true, apply: () => strength };
    },
  },
  simple('benchmark', [asInteger, asIs], INT, () => 0, { volatile: true, handlesNull: true }),
  simple(
    'name_const',
    [asIs, asIs],
    (args) => args[1]!.type,
    ([, value]) => value!,
  ),
  simple(
    'sleep',
    [asDouble],
    INT,
    ([seconds], { session }) => {
      session.sleep(seconds as number);
      return 0;
    },
    { volatile: true },
  ),
  onLock('get_lock', [asText, asInteger], INT, ([name, timeout], { session }) =>
    timeout === null ? null : session.getLock(name as string | null, Number(timeout)),
  ),
  onLock('release_lock', [asText], INT, ([name], { session }) => session.releaseLock(name as string | null)),
  onLock('release_all_locks', [], UNSIGNED_BIGINT, (_args, { session }) => session.releaseAllLocks()),
  onLock('is_free_lock', [asText], INT, ([name], { session }) =>
    session.lockHolder(name as string | null) === null ? 1 : 0,
  ),
  onLock('is_used_lock', [asText], UNSIGNED_BIGINT, ([name], { session }) => session.lockHolder(name as string | null)),
  ofDolt('active_branch', 0, 0, (_args, { session }) => session.dolt.activeBranch()),
  ofDolt('dolt_version', 0, 0, (_args, { session }) => session.dolt.version()),
  ofDolt('dolt_storage_format', 0, 0, (_args, { session }) => session.dolt.storageFormat()),
  ofDolt('dolt_hashof', 1, 1, ([revision], { session }) => session.dolt.hashof(revision as string), LONGTEXT, [
    'hashof',
  ]),
  ofDolt('dolt_hashof_table', 1, 2, ([table, revision], { session }) =>
    session.dolt.hashofTable(table as string, textOrNull(revision)),
  ),
  ofDolt('dolt_hashof_db', 0, 1, ([revision], { session }) => session.dolt.hashofDatabase(textOrNull(revision))),
  ofDolt('dolt_merge_base', 2, 2, ([left, right], { session }) =>
    session.dolt.mergeBase(left as string, right as string),
  ),
  ofDolt(
    'has_ancestor',
    2,
    2,
    ([revision, ancestor], { session }) => (session.dolt.hasAncestor(revision as string, ancestor as string) ? 1 : 0),
    BOOLEAN,
  ),
];
