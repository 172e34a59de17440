/** Commands come to whoever serves them as soon as their packets do, one after the other. */
import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { Channel } from '../../src/server/channel.ts';
import { PacketWriter } from '../../src/wire/packet-writer.ts';

/** A socket whose other end reads whenever `reads` says so, and notes what it was sent. */
class FakeSocket extends EventEmitter {
  readonly sent: Buffer[] = [];
  reads = true;
  writableLength = 0;
  setNoDelay(): void {}
  setTimeout(): void {}
  isPaused(): boolean {
    return false;
  }
  write(bytes: Buffer): boolean {
    // What the system has taken may be written over.
    this.sent.push(this.reads ? Buffer.from(bytes) : bytes);
    this.writableLength = this.reads ? 0 : bytes.length;
    return this.reads;
  }
}

function served(answer: (text: string, channel: Channel) => boolean | Promise<boolean>) {
  const socket = new FakeSocket();
  const channel = new Channel(socket as unknown as Socket, 1 << 20);
  const ended = channel.serve((payload) => answer(payload.toString('latin1'), channel));
  return { socket, channel, ended };
}

function packetOf(text: string, sequence = 0): Buffer {
  const writer = new PacketWriter();
  writer.sequence = sequence;
  writer.start();
  writer.text(text);
  writer.end();
  return Buffer.from(writer.take());
}

function reply(channel: Channel, text: string): void {
  channel.writer.start();
  channel.writer.text(text);
  channel.writer.end();
}

const echo = (text: string, channel: Channel): boolean => {
  reply(channel, text.toUpperCase());
  channel.flush();
  return text !== 'bye';
};

test('a command is answered before the event that brought it is over, and each has a reply of its own', async () => {
  const { socket, ended } = served(echo);
  socket.emit('data', packetOf('one'));
  expect(socket.sent).toEqual([packetOf('ONE', 1)]);
  const [two, three] = [packetOf('two'), packetOf('three')];
  socket.emit('data', Buffer.concat([two, three.subarray(0, 6)]));
  expect(socket.sent).toEqual([packetOf('ONE', 1), packetOf('TWO', 1)]);
  socket.emit('data', three.subarray(6));
  socket.emit('data', packetOf('bye'));
  expect(socket.sent.slice(2)).toEqual([packetOf('THREE', 1), packetOf('BYE', 1)]);
  expect(await ended).toBe(false);
});

test('the next command waits for the one before', async () => {
  let end: (() => void) | undefined;
  const order: string[] = [];
  const { socket, ended } = served(async (text) => {
    order.push(text);
    await new Promise<void>((resolve) => {
      end = resolve;
    });
    order.push(`/${text}`);
    return true;
  });
  socket.emit('data', Buffer.concat([packetOf('one'), packetOf('two')]));
  expect(order).toEqual(['one']);
  end!();
  await new Promise((resolve) => setImmediate(resolve));
  expect(order).toEqual(['one', '/one', 'two']);
  end!();
  await new Promise((resolve) => setImmediate(resolve));
  socket.emit('close');
  expect(await ended).toBe(true);
});

test('a reply that the client has not taken is not written over', async () => {
  const { socket, channel } = served(echo);
  socket.emit('data', packetOf('one'));
  socket.reads = false;
  reply(channel, 'waits');
  const sent = channel.flush();
  reply(channel, 'later');
  expect(socket.sent.at(-1)!.subarray(4).toString()).toBe('waits');
  socket.emit('drain');
  await sent;
});

test('thousands of commands in one piece', async () => {
  let count = 0;
  const { socket } = served(() => ++count > 0);
  socket.emit('data', Buffer.concat(Array.from({ length: 20_000 }, () => packetOf('x'))));
  expect(count).toBe(20_000);
});

test('what is no packet ends it', async () => {
  const { socket, ended } = served(echo);
  socket.emit('data', packetOf('one', 7));
  await expect(ended).rejects.toThrow(/order|number/i);
});
