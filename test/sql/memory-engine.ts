/** An engine over repositories in memory: same layers as the command line, a fixed clock, no process. */

import { silentLogger } from '../../src/base/environment.ts';
import { MemoryDisk } from '../../src/base/memory-disk.ts';
import { type OpenedEngine, openEngine } from '../../src/open.ts';
import { type Environment, Repository } from '../../src/repo/repository.ts';
import type { Session } from '../../src/sql/engine-session.ts';
import type { ExecutedStatement } from '../../src/sql/script-session.ts';
import { SessionAccess } from '../../src/sql/session/session-access.ts';
import { formatterFor } from '../../src/sql/types/format.ts';

export const FIRST_MOMENT = Date.UTC(2024, 0, 2, 3, 4, 5);

export function memoryEnvironment(
  disk = new MemoryDisk(),
  monotonic = () => 0,
): Environment & { tick(ms: number): void } {
  let now = FIRST_MOMENT;
  let random = 1;
  return {
    disk,
    // A clock that stands still but when told; without a monotonic one that moves no time is ever up.
    clock: { now: () => now, monotonic },
    timers: { sleep: async () => {} },
    random: () => {
      random = (random * 16807) % 2147483647;
      return random / 2147483647;
    },
    logger: silentLogger,
    homeDirectory: undefined,
    variables: {},
    tick: (ms) => {
      now += ms;
    },
  };
}

export interface MemoryDatabase {
  readonly environment: ReturnType<typeof memoryEnvironment>;
  readonly opened: OpenedEngine;
  session(): Session;
  /** A session of the account that answers a user from a host, as a server would open it. */
  logIn(user: string, host: string): Promise<Session>;
  /** Runs a script in a session of its own, as one `dolt sql` does. */
  run(sql: string): Promise<string[]>;
  /** The first value of the last result. */
  scalar(sql: string): Promise<string>;
}

/** `settings` are keys of the local configuration; `served`: with the lock of a server, whose sessions share syncs. */
export function memoryDatabase(
  name = 'shop',
  settings: readonly (readonly [string, string])[] = [],
  { disk, served = false, monotonic }: { disk?: MemoryDisk; served?: boolean; monotonic?: () => number } = {},
): MemoryDatabase {
  const environment = memoryEnvironment(disk, monotonic);
  const directory = `/${name}`;
  environment.disk.makeDirectory('test', directory);
  const repository = Repository.init(environment, directory, { name: 'A B', email: 'a@b.c', initialBranch: 'main' });
  repository.config.set('local', new Map([['user.name', 'A B'], ['user.email', 'a@b.c'], ...settings]));
  repository.close();
  const opened = openEngine(environment, directory, { exclusive: served });
  const session = (): Session => opened.engine.session({ database: opened.database });
  const logIn = async (user: string, host: string): Promise<Session> => {
    const book = await opened.engine.state.accounts!.open();
    await opened.engine.state.branchControl!.open();
    const account = book.find(user, host);
    if (account === undefined) throw new Error(`no account answers ${user}@${host}`);
    return opened.engine.session({
      user: `${user}@${host}`,
      access: (scene) => new SessionAccess({ book, account, host }, scene),
    });
  };
  const run = async (sql: string): Promise<string[]> => {
    const own = session();
    const lines: string[] = [];
    for await (const executed of own.execute(sql)) lines.push(...(await resultLines(executed, own)));
    await own.close();
    return lines;
  };
  return {
    environment,
    opened,
    session,
    logIn,
    run,
    scalar: async (sql) => (await run(sql)).at(-1) ?? '',
  };
}

/** `a | b` a row, under the columns' names; `ok 3` for what has no rows. */
export async function resultLines({ result }: ExecutedStatement, session: Session): Promise<string[]> {
  if (result.kind === 'ok') {
    return [result.change === 'other' ? 'ok' : `ok ${result.affectedRows}`];
  }
  const formats = result.columns.map(({ type }) => formatterFor(type));
  const lines = [result.columns.map(({ name }) => name).join(' | ')];
  for await (const { length, columns } of session.batches(result)) {
    for (let i = 0; i < length; i++) {
      const texts = columns.map((column, c) => (column[i] === null ? 'NULL' : formats[c]!(column[i]!)));
      lines.push(texts.join(' | ').trimEnd());
    }
  }
  return lines;
}
