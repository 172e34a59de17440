/**
 * Clients that send what no client should, at every phase of a connection: each gets an error packet or the end, others go
 * on, nothing is thrown past its connection, and memory stays what it is. `FUZZ_SEED` plays one life again, `FUZZ_RUNS`
 * plays more of them.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { deflateSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Capability, CommandCode } from '../../src/wire/capabilities.ts';
import { MAX_PAYLOAD } from '../../src/wire/packet-writer.ts';
import { Dice } from '../dice.ts';
import { memoryEnvironment } from '../sql/memory-engine.ts';
import { errorOf, PLAIN, RawClient, responseOf } from './raw-client.ts';
import { realTime } from './real-time.ts';
import { type Served, serve } from './served-accounts.ts';

const RUNS = Number(process.env['FUZZ_RUNS'] ?? 40);
const HOUR_MS = 3_600_000;
const SEED = Number(process.env['FUZZ_SEED'] ?? 1);

let served: Served;
let witness: RawClient;
let monotonicMs = 0;
const unhandled: unknown[] = [];
const remember = (error: unknown): void => {
  unhandled.push(error);
};

const port = (): number => {
  const [endpoint] = served.running.endpoints;
  return endpoint !== undefined && 'port' in endpoint ? endpoint.port : 0;
};

beforeAll(async () => {
  process.on('uncaughtException', remember);
  process.on('unhandledRejection', remember);
  const clock = { now: Date.now, monotonic: () => monotonicMs };
  served = await serve({ tls: true, environment: { ...memoryEnvironment(), ...realTime, clock } });
  witness = await RawClient.logIn(port());
  await witness.query('create table t (id int primary key, v longblob)');
});

afterAll(async () => {
  witness.close();
  await served.stop();
  process.off('uncaughtException', remember);
  process.off('unhandledRejection', remember);
});

const NOTHING = Buffer.alloc(0);

const framed = (payload: Uint8Array, sequence: number, length = payload.length): Buffer =>
  Buffer.concat([Buffer.of(length & 0xff, (length >> 8) & 0xff, (length >> 16) & 0xff, sequence), payload]);

/** Damages of a payload that would be right with this number. */
const DAMAGES: readonly ((payload: Buffer, sequence: number, dice: Dice) => Buffer)[] = [
  // Cut off, while its length says so.
  (payload, sequence, dice) => framed(payload.subarray(0, dice.below(payload.length + 1)), sequence),
  // Cut off, while its length does not.
  (payload, sequence, dice) => framed(payload.subarray(0, dice.below(payload.length + 1)), sequence, payload.length),
  // Longer than said: what follows is read as a packet.
  (payload, sequence, dice) => framed(payload, sequence, dice.below(payload.length + 1)),
  (payload, sequence, dice) => framed(payload, sequence + 1 + dice.below(254)),
  (_, sequence, dice) => framed(dice.bytes(200), sequence),
  (_, _sequence, dice) => dice.bytes(200),
  (payload, sequence, dice) => {
    const damaged = Buffer.from(payload);
    for (let i = 0; i < 3 && damaged.length > 0; i++) damaged[dice.below(damaged.length)] = dice.below(256);
    return framed(damaged, sequence);
  },
];

interface Phase {
  readonly name: string;
  /** Brings a client there; answers what it would send next. */
  reach(dice: Dice): Promise<{ readonly client: RawClient; readonly payload: Buffer; readonly sequence: number }>;
}

const somebody = (dice: Dice): string => `somebody ${dice.below(1_000_000_000)}`;

const EVERY_COMMAND = [...Object.values(CommandCode), 0, 5, 6, 10, 15, 18, 29, 30, 255];

const PHASES: readonly Phase[] = [
  {
    name: 'the answer to the greeting',
    async reach(dice) {
      const { client } = await RawClient.connect(port());
      return { client, payload: responseOf(PLAIN, somebody(dice), 'shop', NOTHING), sequence: 1 };
    },
  },
  {
    name: 'the beginning of TLS',
    async reach() {
      const { client } = await RawClient.connect(port());
      client.sendPayload(responseOf(PLAIN | Capability.ssl, 'root', 'shop', NOTHING).subarray(0, 32), 1);
      return { client, payload: Buffer.from('1603010005010000010303', 'hex'), sequence: 1 };
    },
  },
  {
    name: 'the proof of a password',
    async reach(dice) {
      const { client } = await RawClient.connect(port());
      const answer = responseOf(PLAIN, somebody(dice), 'shop', Buffer.alloc(20, 7));
      // A plugin that is not the account's: the server asks for another.
      client.sendPayload(
        Buffer.from(answer.toString('latin1').replace('mysql_native_password', 'mysql_other_password!'), 'latin1'),
        1,
      );
      await client.receive();
      return { client, payload: Buffer.alloc(20, 9), sequence: 3 };
    },
  },
  {
    name: 'a command',
    async reach(dice) {
      const client = await RawClient.logIn(port());
      const body = dice.of([Buffer.from('select 1'), dice.bytes(40), Buffer.from("insert into t values (1, 'x')")]);
      return { client, payload: Buffer.concat([Buffer.of(dice.of(EVERY_COMMAND)), body]), sequence: 0 };
    },
  },
  {
    name: 'an execution',
    async reach(dice) {
      const client = await RawClient.logIn(port());
      const statement = await client.prepare('select ?, ?, ? from t where id = ?');
      const head = Buffer.alloc(10);
      head[0] = dice.of([CommandCode.execute, CommandCode.execute, CommandCode.sendLongData, CommandCode.fetch]);
      head.writeUInt32LE(statement, 1);
      head[5] = dice.below(3);
      head.writeUInt32LE(1, 6);
      const types = Buffer.from(
        Array.from({ length: 4 }, () => [dice.of([...TYPES, dice.below(256)]), dice.of([0, 128])]).flat(),
      );
      return { client, payload: Buffer.concat([head, Buffer.of(0, 1), types, dice.bytes(60)]), sequence: 0 };
    },
  },
  {
    name: 'a change of user',
    async reach(dice) {
      const client = await RawClient.logIn(port());
      const fields = [
        Buffer.of(CommandCode.changeUser),
        Buffer.from(`${somebody(dice)}\0`),
        Buffer.of(20),
        Buffer.alloc(20, 3),
      ];
      return { client, payload: Buffer.concat([...fields, Buffer.from('shop\0'), dice.bytes(30)]), sequence: 0 };
    },
  },
  {
    name: 'compressed packets',
    async reach(dice) {
      const client = await RawClient.logIn(port(), PLAIN | Capability.compress);
      const inner = framed(Buffer.concat([Buffer.of(CommandCode.query), Buffer.from('select 1')]), 0);
      const claimed = dice.of([0, inner.length, dice.below(1 << 24)]);
      const header = Buffer.of(claimed & 0xff, (claimed >> 8) & 0xff, (claimed >> 16) & 0xff);
      return { client, payload: Buffer.concat([header, inner]), sequence: 0 };
    },
  },
];

const TYPES = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 15, 16, 245, 246, 247, 252, 253, 254];

describe.each(PHASES)('$name', ({ name, reach }) => {
  test(`damaged in ${RUNS} ways`, async () => {
    let errors = 0;
    for (let run = 0; run < RUNS; run++) {
      const dice = new Dice(SEED + run);
      // Failed log-ins are forgotten.
      monotonicMs += HOUR_MS;
      const { client, payload, sequence } = await reach(dice);
      const damage = dice.of(DAMAGES);
      // The server counts from the number that it was sent.
      client.countsPackets = false;
      client.sendBytes(damage(payload, sequence, dice));
      // No more comes: whatever the server waits for, it has the end.
      client.finish();
      const rest = await client.rest();
      expect([SEED + run, client.isClosed]).toEqual([SEED + run, true]);
      // An answer that tells of an error is one.
      for (const packet of rest.filter(([first]) => first === 0xff)) {
        expect(errorOf(packet).errno).toBeGreaterThan(1000);
        errors++;
      }
    }
    // In TLS it is not MySQL's packets that tell of one.
    if (name !== 'the beginning of TLS') expect(errors).toBeGreaterThan(0);
    expect((await witness.query('do 1'))[0]).toBe(0);
    expect(unhandled).toEqual([]);
    expect(served.logged.filter((line) => line.includes('a bug'))).toEqual([]);
  });
});

test('a payload beyond max_allowed_packet is refused before it has come', async () => {
  const root = await RawClient.logIn(port());
  await root.query('set global max_allowed_packet = 20971520');
  const client = await RawClient.logIn(port());
  await root.query('set global max_allowed_packet = 67108864');
  const part = Buffer.alloc(MAX_PAYLOAD, 'x');
  part[0] = CommandCode.query;
  client.sendBytes(framed(part, 0));
  // The second part's length says that there is too much: nothing of it has to come.
  client.sendBytes(framed(Buffer.alloc(0), 1, MAX_PAYLOAD));
  expect(errorOf(await client.receive()).errno).toBe(1153);
  await client.rest();
  const { client: early } = await RawClient.connect(port());
  early.sendBytes(framed(Buffer.alloc(0), 1, MAX_PAYLOAD));
  expect(errorOf(await early.receive()).errno).toBe(1153);
  root.close();
});

test('a bomb of compressed bytes goes no further than one packet', async () => {
  const bomb = deflateSync(Buffer.alloc(MAX_PAYLOAD));
  const client = await RawClient.logIn(port(), PLAIN | Capability.compress);
  const header = Buffer.alloc(7);
  header.writeUIntLE(bomb.length, 0, 3);
  // It says less than it is.
  header.writeUIntLE(1000, 4, 3);
  client.sendBytes(Buffer.concat([header, bomb]));
  expect(errorOf(await client.receive()).errno).toBe(1835);
  await client.rest();
});

describe('a client that sends ahead without end is not taken in', () => {
  const query = Buffer.concat([Buffer.of(CommandCode.query), Buffer.from('select sleep(1)')]);
  const commands = framed(Buffer.alloc(1000, CommandCode.ping), 0);
  /** The number is not that of the next envelope. */
  const envelopes = Buffer.concat([Buffer.of(0xe8, 3, 0, 77, 0, 0, 0), Buffer.alloc(1000)]);

  test.each([
    ['commands', PLAIN, commands],
    ['damaged envelopes', PLAIN | Capability.compress, envelopes],
  ])('%s', async (_name, capabilities, piece) => {
    await witness.query('set global max_allowed_packet = 1048576');
    const client = await RawClient.logIn(port(), capabilities);
    await witness.query('set global max_allowed_packet = 67108864');
    const before = process.memoryUsage().arrayBuffers;
    const flood = Buffer.concat(Array.from({ length: 64_000 }, () => piece));
    // The first command runs while the others come.
    client.sendPayload(query);
    const isRunning = () =>
      served.running.server.list().some(({ id, statement }) => id === client.connectionId && statement !== null);
    while (!isRunning()) await sleep(5);
    client.sendBytes(flood);
    await sleep(700);
    // The system holds some of it; the server no more than a chunk or two.
    expect(client.unsent).toBeGreaterThan(flood.length * 0.8);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 * flood.length);
    client.close();
  });
});
