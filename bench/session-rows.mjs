// What a session of a running server waits for its remotes over HTTP: for rows of `npm run bench -- --only http`. Beside the
// command line's rows these leave out what every process costs, which is what a server that replicates does.
import { spawn } from 'node:child_process';
import { createConnection } from 'mysql2/promise';
import { freePort } from '../scripts/free-port.mjs';

const ROUNDS = 5;
/** Of what takes milliseconds. */
const SMALL_ROUNDS = 20;

/**
 * `peers`: name, bin, `data` (a folder with the repository `db` with a table t) and `url(name)` of a remote. Answers for each
 * row its name and, by the peers' names, milliseconds of each round, the peers in turn.
 */
export async function sessionRows(peers, env) {
  const sessions = [];
  for (const peer of peers) sessions.push({ ...peer, ...(await serve(peer, env)) });
  const found = new Map();
  const timed = async ({ name, session }, row, statement) => {
    const start = performance.now();
    await session.query(statement);
    const times = found.get(row) ?? new Map();
    found.set(row, times);
    times.set(name, [...(times.get(name) ?? []), performance.now() - start]);
  };
  const inTurn = async (rounds, work) => {
    for (let round = 0; round < rounds; round++) for (const peer of sessions) await work(peer, round);
  };
  const last = `r${ROUNDS - 1}`;
  await inTurn(ROUNDS, async (peer, round) => {
    await peer.session.query(`call dolt_remote('add', 'r${round}', '${peer.url(`session-${round}`)}')`);
    await timed(peer, 'first push', `call dolt_push('r${round}', 'main')`);
  });
  await inTurn(ROUNDS, (peer, round) =>
    timed(peer, 'clone', `call dolt_clone('${peer.url(`session-${ROUNDS - 1}`)}', 'c${round}')`),
  );
  await inTurn(SMALL_ROUNDS, async (peer, round) => {
    const { session } = peer;
    await session.query(`use db; update t set qty = qty + 1 where id = ${round * 997}; call dolt_commit('-am', 'row')`);
    await timed(peer, 'push of one row', `call dolt_push('${last}', 'main')`);
    await session.query('use c0');
    await timed(peer, 'fetch of one commit', `call dolt_fetch('origin')`);
    await timed(peer, 'fetch of nothing', `call dolt_fetch('origin')`);
  });
  for (const { session, child } of sessions) {
    await session.end();
    child.kill();
  }
  return found;
}

async function serve({ bin, data }, env) {
  const port = await freePort();
  const child = spawn(bin, ['sql-server', '--host', '127.0.0.1', '--port', String(port)], { cwd: data, env, stdio: 'ignore' });
  for (let tries = 0; ; tries++) {
    try {
      const session = await createConnection({ host: '127.0.0.1', port, user: 'root', database: 'db', multipleStatements: true });
      return { child, session };
    } catch (error) {
      if (child.exitCode !== null || tries > 600) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
