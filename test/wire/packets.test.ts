/** Packets in pieces, split, numbered, compressed; and what does not have their form. */
import { describe, expect, test } from 'vitest';
import { Capability } from '../../src/wire/capabilities.ts';
import { Envelopes } from '../../src/wire/compression.ts';
import { PacketReader } from '../../src/wire/packet-reader.ts';
import { MAX_PAYLOAD, PacketWriter } from '../../src/wire/packet-writer.ts';
import { readChangeUser } from '../../src/wire/packets/change-user.ts';
import { readColumnDefinition, writeColumnDefinition } from '../../src/wire/packets/column-definition.ts';
import { readError, writeError } from '../../src/wire/packets/error.ts';
import { readHandshake, writeHandshake } from '../../src/wire/packets/handshake.ts';
import { readHandshakeResponse, writeHandshakeResponse } from '../../src/wire/packets/handshake-response.ts';
import { readOk, writeOk } from '../../src/wire/packets/ok.ts';
import { PayloadReader } from '../../src/wire/payload-reader.ts';
import { encodingOf } from '../../src/wire/text-encoding.ts';
import { MalformedPacketError, PacketOrderError, PacketTooLargeError } from '../../src/wire/wire-error.ts';
import fc from '../fast-check.ts';

const LIMIT = 1 << 26;

function payloadOf(write: (writer: PacketWriter) => void): Buffer {
  const writer = new PacketWriter();
  write(writer);
  const reader = new PacketReader(LIMIT);
  reader.push(writer.take());
  return reader.next()!;
}

function packet(payload: ArrayLike<number>, sequence = 0): Buffer {
  const writer = new PacketWriter();
  writer.sequence = sequence;
  writer.start();
  writer.bytes(Uint8Array.from(payload));
  writer.end();
  return writer.take();
}

describe('packets', () => {
  test('come whole however they are cut', () => {
    const payloads = fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 8 });
    const cuts = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 });
    fc.assert(
      fc.property(payloads, cuts, (sent, lengths) => {
        const stream = Buffer.concat(sent.map((payload, number) => packet(payload, number)));
        const reader = new PacketReader(LIMIT);
        const received: Buffer[] = [];
        for (let at = 0, cut = 0; at < stream.length; cut++) {
          const end = at + lengths[cut % lengths.length]!;
          reader.push(stream.subarray(at, end));
          at = end;
          for (let next = reader.next(); next !== undefined; next = reader.next()) received.push(Buffer.from(next));
        }
        expect(received).toEqual(sent.map((payload) => Buffer.from(payload)));
        expect(reader.pending).toBe(0);
      }),
    );
  });

  test.each([MAX_PAYLOAD - 1, MAX_PAYLOAD, MAX_PAYLOAD + 1, 2 * MAX_PAYLOAD, 2 * MAX_PAYLOAD + 5])(
    'a payload of %d bytes goes and comes',
    (length) => {
      const payload = Buffer.alloc(length, 'dolt');
      const bytes = packet(payload);
      const packets = Math.floor(length / MAX_PAYLOAD) + 1;
      expect(bytes.length).toBe(length + 4 * packets);
      const reader = new PacketReader(LIMIT);
      reader.push(bytes);
      expect(reader.next()!.equals(payload)).toBe(true);
      expect(reader.sequence).toBe(packets);
    },
  );

  test('one that is too long or out of order is refused before it has come', () => {
    const reader = new PacketReader(100);
    reader.push(Buffer.of(101, 0, 0, 0));
    expect(() => reader.next()).toThrow(PacketTooLargeError);
    const other = new PacketReader(100);
    other.push(Buffer.of(5, 0, 0, 3));
    expect(() => other.next()).toThrow(PacketOrderError);
  });

  test('one that comes in several is refused as soon as it is too long', () => {
    const reader = new PacketReader(MAX_PAYLOAD + 10);
    reader.push(packet(Buffer.alloc(MAX_PAYLOAD)).subarray(0, -4));
    expect(reader.next()).toBeUndefined();
    reader.push(Buffer.of(11, 0, 0, 1));
    expect(() => reader.next()).toThrow(PacketTooLargeError);
  });

  test('one that was begun can be given up', () => {
    const writer = new PacketWriter();
    writer.start();
    writer.text('half of a row');
    writer.abandon();
    writeError(writer, { errno: 1317, sqlState: '70100', message: 'stopped' });
    const reader = new PacketReader(LIMIT);
    reader.push(writer.take());
    expect(readError(reader.next()!)).toEqual({ errno: 1317, sqlState: '70100', message: 'stopped' });
  });
});

describe('fields', () => {
  test('integers with a length', () => {
    const value = fc.oneof(fc.integer({ min: 0, max: 300 }), fc.nat({ max: 2 ** 31 - 1 }), fc.maxSafeNat());
    fc.assert(
      fc.property(value, (number) => {
        const payload = payloadOf((writer) => {
          writer.start();
          writer.lengthInteger(number);
          writer.end();
        });
        const reader = new PayloadReader(payload);
        expect(reader.lengthInteger()).toBe(number);
        expect(reader.remaining).toBe(0);
      }),
    );
  });

  test('64 bits of either sign, as number and as bigint', () => {
    for (const value of [
      0,
      1,
      -1,
      2 ** 53 - 1,
      -(2 ** 53 - 1),
      2n ** 53n,
      -(2n ** 53n),
      2n ** 63n - 1n,
      -(2n ** 63n),
      0x1_0000_0000,
    ]) {
      const payload = payloadOf((writer) => {
        writer.start();
        writer.int64(value);
        writer.end();
      });
      expect(new PayloadReader(payload).int64()).toBe(value);
    }
  });

  test('those of another writer are numbered on', () => {
    const other = new PacketWriter();
    for (const byte of [1, 2]) {
      other.start();
      other.uint8(byte);
      other.end();
    }
    const writer = new PacketWriter();
    writer.sequence = 254;
    writer.packets(other.take());
    writer.start();
    writer.uint8(3);
    writer.end();
    expect(writer.take()).toEqual(Buffer.concat([packet([1], 254), packet([2], 255), packet([3], 0)]));
  });

  test('what is given back is written over, what is not stays', () => {
    const writer = new PacketWriter();
    const write = (byte: number): Buffer => {
      writer.sequence = 0;
      writer.start();
      writer.uint8(byte);
      writer.end();
      return writer.take();
    };
    const kept = write(1);
    const given = write(2);
    writer.giveBack();
    write(3);
    expect([kept[4], given[4]]).toEqual([1, 3]);
  });

  test('text of every length', () => {
    const lengths = [1, 16, 17, 83, 84, 125, 126, 250, 251, 65_535, 65_536].flatMap((length) => [
      'x'.repeat(length),
      `${'x'.repeat(length - 1)}é`,
      '€'.repeat(length),
    ]);
    for (const text of ['', ...lengths, 'ab'.repeat(70_000), '🙂'.repeat(100)]) {
      const payload = payloadOf((writer) => {
        writer.start();
        writer.lengthText(text);
        writer.terminatedText(text);
        writer.end();
      });
      const reader = new PayloadReader(payload);
      expect(reader.lengthText()).toBe(text);
      expect(reader.terminatedText()).toBe(text);
    }
  });
});

describe('envelopes', () => {
  test('carry packets through compression', () => {
    const sender = new Envelopes();
    const receiver = new Envelopes();
    const packets = Buffer.concat([packet(Buffer.alloc(5000, 'a')), packet(Buffer.from('short'), 1)]);
    const wrapped = sender.wrap(packets);
    expect(wrapped.length).toBeLessThan(packets.length / 10);
    const received = [wrapped.subarray(0, 9), wrapped.subarray(9)].flatMap((part) =>
      receiver.unwrap(Buffer.from(part)),
    );
    expect(Buffer.concat(received).equals(packets)).toBe(true);
  });

  test('that are damaged or lie about their length are refused', () => {
    const wrapped = new Envelopes().wrap(packet(Buffer.alloc(5000, 'a')));
    const damaged = Buffer.from(wrapped);
    damaged[20]! ^= 0xff;
    expect(() => new Envelopes().unwrap(damaged)).toThrow(MalformedPacketError);
    const bomb = Buffer.from(wrapped);
    bomb.writeUIntLE(10, 4, 3);
    // No more is inflated than was said.
    expect(() => new Envelopes().unwrap(bomb)).toThrow(/bytes are damaged/);
    const shorter = Buffer.from(wrapped);
    shorter.writeUIntLE(6000, 4, 3);
    expect(() => new Envelopes().unwrap(shorter)).toThrow(/another length/);
  });

  test('are numbered from 0 within a command', () => {
    const sender = new Envelopes();
    const receiver = new Envelopes();
    const [first, second, third] = [1, 2, 3].map((n) => sender.wrap(packet(Buffer.of(n))));
    for (const wrapped of [first, second]) expect(receiver.unwrap(Buffer.from(wrapped!))).toHaveLength(1);
    const again = new Envelopes().wrap(packet(Buffer.of(4)));
    expect(receiver.unwrap(Buffer.from(again))).toHaveLength(1);
    expect(() => receiver.unwrap(Buffer.from(third!))).toThrow(PacketOrderError);
  });
});

const handshake = {
  serverVersion: '8.0.33',
  connectionId: 77,
  challenge: Buffer.from('abcdefghijklmnopqrst'),
  capabilities: (Capability.protocol41 | Capability.pluginAuthentication | Capability.ssl) >>> 0,
  collation: 255,
  status: 2,
  plugin: 'caching_sha2_password',
};

const response = {
  capabilities:
    Capability.protocol41 |
    Capability.connectWithDatabase |
    Capability.pluginAuthentication |
    Capability.lengthCodedAuthentication |
    Capability.connectionAttributes,
  maxPacket: 1 << 24,
  collation: 45,
  user: 'ada',
  authentication: Buffer.from('proof'),
  database: 'shop/main',
  plugin: 'mysql_native_password',
  attributes: new Map([['program', 'x'.repeat(300)]]),
};

const column = {
  database: 'shop',
  table: 't',
  originalTable: 'items',
  name: 'n',
  originalName: 'name',
  collation: 255,
  length: 160,
  type: 253,
  flags: 1,
  decimals: 0,
};

const UTF8 = encodingOf('utf8mb4', 255)!;

describe('what is written is read', () => {
  test('greeting', () => {
    expect(readHandshake(payloadOf((writer) => writeHandshake(writer, handshake)))).toEqual(handshake);
  });
  test('answer to it', () => {
    expect(readHandshakeResponse(payloadOf((writer) => writeHandshakeResponse(writer, response)))).toEqual(response);
  });
  test('column', () => {
    expect(readColumnDefinition(payloadOf((writer) => writeColumnDefinition(writer, column, UTF8)))).toEqual(column);
    const dos = payloadOf((writer) => writeColumnDefinition(writer, { ...column, name: 'é' }, encodingOf('cp850', 4)!));
    expect(dos.includes(Buffer.from([1, 0x82]))).toBe(true);
  });
  test('OK, with and without session tracking', () => {
    const ok = { affectedRows: 300, insertId: 2n ** 60n, status: 2, warnings: 3, info: 'Rows matched: 1', changes: [] };
    for (const capabilities of [0, Capability.sessionTracking]) {
      const read = readOk(payloadOf((writer) => writeOk(writer, { ...ok, insertId: 7 }, capabilities)));
      expect(read).toEqual({ ...ok, insertId: 7 });
    }
  });
});

describe('what does not have its form is refused, whatever it is', () => {
  const readers: readonly [string, (bytes: Buffer) => unknown, Buffer][] = [
    ['greeting', readHandshake, payloadOf((writer) => writeHandshake(writer, handshake))],
    ['answer', readHandshakeResponse, payloadOf((writer) => writeHandshakeResponse(writer, response))],
    ['column', readColumnDefinition, payloadOf((writer) => writeColumnDefinition(writer, column, UTF8))],
    [
      'change of user',
      (bytes) => readChangeUser(bytes, 0xffff_ffff),
      Buffer.from('\x11ada\0\x05proofdb\0\xff\0plugin\0'),
    ],
  ];
  test.each(readers)('%s: cut anywhere', (_name, read, whole) => {
    for (let end = 0; end < whole.length; end++) {
      try {
        read(whole.subarray(0, end));
      } catch (error) {
        expect(error).toBeInstanceOf(MalformedPacketError);
      }
    }
  });
  test.each(readers)('%s: any bytes', (_name, read) => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          read(Buffer.from(bytes));
        } catch (error) {
          expect(error).toBeInstanceOf(MalformedPacketError);
        }
      }),
    );
  });
});
