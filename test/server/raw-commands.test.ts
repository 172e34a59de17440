/** Commands that drivers do not send, and packets that they would not. */
import { afterEach, describe, expect, test } from 'vitest';
import { CommandCode } from '../../src/wire/capabilities.ts';
import { errnoIn, RawClient, uint32 } from './raw-client.ts';
import { type Served, serve } from './served-accounts.ts';

let served: Served | undefined;
const clients: RawClient[] = [];

afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  await served?.stop();
  served = undefined;
});

async function start() {
  served = await serve();
  const [endpoint] = served.running.endpoints;
  const port = endpoint !== undefined && 'port' in endpoint ? endpoint.port : 0;
  const raw = async (user?: string, password?: string) => {
    const client = await RawClient.open(port, user, password);
    clients.push(client);
    return client;
  };
  return { client: served.client, port, raw };
}

test('COM_PROCESS_KILL ends one’s own connections, and those of others with the privilege only', async () => {
  const { client, raw } = await start();
  const root = await client();
  await root.query("create user app identified by 'x'");
  const app = await raw('app', 'x');
  expect(errnoIn(await app.ask(CommandCode.processKill, uint32(root.threadId!)))).toBe(1095);
  await root.query('select 1');
  const twin = await raw('app', 'x');
  expect(errnoIn(await app.ask(CommandCode.processKill, uint32(twin.connectionId)))).toBeUndefined();
  const other = await raw();
  expect(errnoIn(await other.ask(CommandCode.processKill, uint32(app.connectionId)))).toBeUndefined();
  for (const gone of [twin, app]) expect(await gone.receive()).toBeUndefined();
});

describe('a parameter in pieces', () => {
  async function prepared() {
    const { client, raw } = await start();
    await (await client()).query('set global max_allowed_packet = 2048');
    const app = await raw();
    const answer = await app.ask(CommandCode.prepare, Buffer.from('select length(?)'));
    const id = answer.subarray(1, 5);
    // What describes the parameter, and the column.
    for (let i = 0; i < 2; i++) await app.receive();
    const piece = (length: number) =>
      app.tell(CommandCode.sendLongData, id, Uint8Array.of(0, 0), Buffer.alloc(length, 'x'));
    /** The length that the statement finds, or the number of the error. */
    const execute = async (): Promise<string | number> => {
      const flagsAndTypes = Uint8Array.of(0, 1, 0, 0, 0, 0, 1, 252, 0);
      const first = await app.ask(CommandCode.execute, id, flagsAndTypes);
      if (errnoIn(first) !== undefined) return errnoIn(first)!;
      await app.receive();
      const row = (await app.receive())!;
      await app.receive();
      return String(row.readUInt32LE(2));
    };
    return { app, id, piece, execute };
  }

  test('is put together', async () => {
    const { piece, execute } = await prepared();
    for (let i = 0; i < 2; i++) piece(1000);
    expect(await execute()).toBe('2000');
  });

  test('is refused by the execution when it is longer than a packet may be, and forgotten then', async () => {
    const { piece, execute } = await prepared();
    for (let i = 0; i < 3; i++) piece(1000);
    expect(await execute()).toBe(1105);
    piece(1000);
    expect(await execute()).toBe('1000');
  });

  test('is forgotten when the statement is reset', async () => {
    const { app, id, piece, execute } = await prepared();
    for (let i = 0; i < 3; i++) piece(1000);
    expect(errnoIn(await app.ask(CommandCode.resetStatement, id))).toBeUndefined();
    piece(10);
    expect(await execute()).toBe('10');
  });
});

test('who has not logged in yet may send no large packet', async () => {
  const { port } = await start();
  const { client } = await RawClient.connect(port);
  clients.push(client);
  // The header says 65,537 bytes, and none of them come.
  client.sendBytes(Uint8Array.of(1, 0, 1, 1));
  expect(await client.receive().then(errnoIn, () => 'out of order')).toBe(1153);
  expect(await client.receive()).toBeUndefined();
});
