/** CALL dolt_command_line('run', …): what a command writes is the answer as it comes, and who stops waiting ends it. */
import type { RowDataPacket } from 'mysql2/promise';
import { afterEach, expect, test } from 'vitest';
import type { RunCommand } from '../../src/sql/session/command-run.ts';
import { errnoOf, type Served, serve } from './served-accounts.ts';

let served: Served;

afterEach(async () => {
  await served.stop();
});

const call = (...words: readonly string[]): string =>
  `call dolt_command_line('run', '{"branch": "side", "variables": {"WHO": "ada"}}', ${words.map((word) => `'${word}'`).join(', ')})`;

test('both streams, and the exit status at last', async () => {
  const asked: unknown[] = [];
  const runCommand: RunCommand = async function* ({ signal, ...request }) {
    asked.push(request);
    yield { stream: 'out', bytes: Buffer.from([0xff, 0]) };
    yield { stream: 'err', bytes: Buffer.from('no') };
    return 3;
  };
  served = await serve({ runCommand });
  const client = await served.client({ database: 'shop' });
  const [rows] = await client.query<RowDataPacket[]>(call('log', '-n'));
  expect(rows).toEqual([
    { stream: 'out', bytes: Buffer.from([0xff, 0]) },
    { stream: 'err', bytes: Buffer.from('no') },
    { stream: 'status', bytes: Buffer.from('3') },
  ]);
  expect(asked).toEqual([{ database: 'shop', branch: 'side', args: ['log', '-n'], variables: { WHO: 'ada' } }]);
});

test('KILL ends the command, and a garbage collection does not wait for it', async () => {
  let ended = false;
  const endless: RunCommand = async function* ({ signal }) {
    yield { stream: 'out', bytes: Buffer.from('begun') };
    await new Promise<void>((done) => signal.addEventListener('abort', () => done()));
    ended = true;
    return 0;
  };
  served = await serve({ runCommand: endless });
  const [client, other] = [await served.client({ database: 'shop' }), await served.client({ database: 'shop' })];
  const id = Number((await client.query<RowDataPacket[]>('select connection_id() as id'))[0][0]!['id']);
  const running = errnoOf(client.query(call('log')));
  await other.query('call dolt_gc()');
  expect(ended).toBe(false);
  await other.query(`kill query ${id}`);
  expect(await running).toBe(1317);
  expect(ended).toBe(true);
});

test('a server that runs none says so', async () => {
  served = await serve();
  const client = await served.client({ database: 'shop' });
  expect(await errnoOf(client.query(call('log')))).toBe(1235);
});
