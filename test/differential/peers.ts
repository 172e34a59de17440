/**
 * The two databases that are compared: an engine of ours in memory, and MariaDB on a socket of its own. Both answer in
 * texts, as the wire's text protocol has them, so that nothing but the databases differs.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { type Connection, createConnection } from 'mysql2/promise';
import type { Session } from '../../src/sql/engine-session.ts';
import { formatterFor } from '../../src/sql/types/format.ts';
import { memoryDatabase } from '../sql/memory-engine.ts';

/** What a statement came to. Rows are texts, NULL is null. */
export type Answer =
  | { readonly rows: readonly (readonly (string | null)[])[]; readonly approximate: readonly boolean[] }
  | { readonly affected: number }
  | { readonly errno: number; readonly message: string };

export interface Peer {
  run(sql: string): Promise<Answer>;
  stop(): Promise<void>;
}

/** Both sessions begin with these: the defaults of the two differ. */
const SAME_GROUND = [
  "set sql_mode = 'STRICT_TRANS_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO,ONLY_FULL_GROUP_BY'",
  'set names utf8mb4 collate utf8mb4_bin',
  'set group_concat_max_len = 100000',
];

export async function ours(): Promise<Peer> {
  const database = memoryDatabase();
  const session = database.session();
  const run = async (sql: string): Promise<Answer> => {
    try {
      let answer: Answer = { affected: 0 };
      for await (const { result } of session.execute(sql)) {
        answer = result.kind === 'ok' ? { affected: result.affectedRows } : await read(session, result);
      }
      return answer;
    } catch (error) {
      const { errno, message } = error as { errno?: number; message: string };
      if (errno === undefined) throw new Error(`${sql}: ${message}`, { cause: error });
      return { errno, message };
    }
  };
  for (const statement of SAME_GROUND) await run(statement);
  return { run, stop: async () => database.opened.close() };
}

async function read(session: Session, result: Parameters<Session['batches']>[0]): Promise<Answer> {
  const formats = result.columns.map(({ type }) => formatterFor(type));
  const rows: (string | null)[][] = [];
  for await (const { length, columns } of session.batches(result)) {
    for (let i = 0; i < length; i++) {
      rows.push(columns.map((column, c) => (column[i] === null ? null : formats[c]!(column[i]!))));
    }
  }
  return { rows, approximate: result.columns.map(({ type }) => type.kind === 'double' || type.kind === 'float') };
}

const INSTALL = 'mariadb-install-db';
const SERVER = 'mariadbd';

/** Why MariaDB cannot be compared with; undefined where it can. */
export function missingMariadb(): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin'];
  const lacking = [INSTALL, SERVER].filter((name) => !folders.some((folder) => existsSync(`${folder}/${name}`)));
  if (lacking.length === 0) return undefined;
  const reason = `left out: MariaDB's server is not installed (no ${lacking.join(', ')})`;
  console.warn(reason);
  return reason;
}

/** A server of MariaDB without a port, over a folder that goes with it. */
export async function mariadb(): Promise<Peer> {
  const folder = mkdtempSync(`${existsSync('/dev/shm') ? '/dev/shm' : tmpdir()}/dolt-ts-mariadb-`);
  const env = { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin` };
  const user = process.getuid?.() === 0 ? ['--user=root'] : [];
  const own = ['--no-defaults', `--datadir=${folder}/data`, ...user];
  const made = spawnSync(
    INSTALL,
    [...own, '--auth-root-authentication-method=normal', '--skip-test-db', '--innodb-log-file-size=4M'],
    { env, encoding: 'utf8' },
  );
  if (made.status !== 0) throw new Error(`${INSTALL}: ${made.stdout}${made.stderr}`);
  const socket = `${folder}/socket`;
  const options = ['--skip-networking', '--innodb-flush-log-at-trx-commit=0', '--skip-log-bin', `--socket=${socket}`];
  const server = spawn(SERVER, [...own, ...options], { env, stdio: 'ignore' });
  const stop = async (): Promise<void> => {
    await ended(server);
    rmSync(folder, { recursive: true });
  };
  try {
    const connection = await connected(server, socket);
    for (const statement of ['create database compared', 'use compared', ...SAME_GROUND])
      await connection.query(statement);
    return {
      run: (sql) => ask(connection, sql),
      stop: async () => {
        await connection.end();
        await stop();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function connected(server: ChildProcess, socketPath: string): Promise<Connection> {
  for (let tries = 0; ; tries++) {
    try {
      return await createConnection({ socketPath, user: 'root', flags: ['-FOUND_ROWS'] });
    } catch (error) {
      if (tries === 600 || server.exitCode !== null) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

async function ended(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null) return;
  const gone = new Promise((resolve) => server.once('exit', resolve));
  server.kill('SIGKILL');
  await gone;
}

/** The numbers of FLOAT and DOUBLE in column definitions of the wire. */
const APPROXIMATE = new Set([4, 5]);

async function ask(connection: Connection, sql: string): Promise<Answer> {
  try {
    const [result, fields] = await connection.query({
      sql,
      rowsAsArray: true,
      typeCast: (field) => field.string('utf8'),
    });
    if (!Array.isArray(result)) return { affected: result.affectedRows };
    const approximate = fields.map(({ columnType }) => APPROXIMATE.has(columnType ?? 0));
    return { rows: result as unknown as (string | null)[][], approximate };
  } catch (error) {
    const { errno, sqlState, message } = error as { errno: number; sqlState?: string; message: string };
    // Errors of the connection have no SQLSTATE.
    if (sqlState === undefined) throw error;
    return { errno, message };
  }
}
