/** What is submitted is worked on once or more, finished once and in order, whoever does it and whoever fails. */
import { Worker } from 'node:worker_threads';
import { afterAll, expect, test } from 'vitest';
import { addressBytes, addressOf } from '../../src/base/address.ts';
import { putU32 } from '../../src/base/big-endian.ts';
import { BLOCKS, BlockQueue, helpWith } from '../../src/base/block-queue.ts';
import type { Threads } from '../../src/base/threads.ts';
import { recordOf } from '../../src/chunks/record.ts';
import { checkRecords, layOutRecords, recordsAt, remarkable } from '../../src/remote/record-check.ts';
import { builtThreads } from './threads-of-test.ts';

const threads = builtThreads();
afterAll(() => threads.remove());

/** Chunk `n`, and whether it stands under its own address: all but a few. */
const chunkOf = (n: number): Uint8Array => new TextEncoder().encode(`chunk ${n} `.repeat(1 + (n % 50)));
const isHonest = (n: number): boolean => n % 7 !== 3;

function put(block: Uint8Array, n: number): void {
  const chunk = chunkOf(n);
  const record = recordOf(chunk);
  const keys = addressBytes(addressOf(isHonest(n) ? chunk : chunkOf(n + 1)));
  const lengths = new Uint8Array(4);
  putU32(lengths, 0, record.length);
  layOutRecords(block, { keys, offsets: Float64Array.of(0, record.length), lengths }, 0, 1);
  block.set(record, recordsAt(block));
}

/** Whether each block that was finished held an honest chunk. */
function verdicts(into: boolean[]): (block: Uint8Array) => void {
  return (block) => into.push(...Array.from(remarkable(block), ([, verdict]) => verdict === 'may refer to others'));
}

test('without a thread', () => {
  const found: boolean[] = [];
  const queue = new BlockQueue(checkRecords, verdicts(found), 'check-records', undefined);
  for (let n = 0; n < 100; n++) {
    put(queue.next(), n);
    queue.submit();
  }
  queue.drain();
  expect(found).toEqual(Array.from({ length: 100 }, (_, n) => isHonest(n)));
});

test('with a thread, which does a part', () => {
  const found: boolean[] = [];
  let own = 0;
  const pause = new Int32Array(new SharedArrayBuffer(4));
  const slowly = (block: Uint8Array): void => {
    own++;
    Atomics.wait(pause, 0, 0, 5);
    checkRecords(block);
  };
  const queue = new BlockQueue(slowly, verdicts(found), 'check-records', threads);
  let n = 0;
  const deadline = Date.now() + 30_000;
  // The thread takes its time to start.
  for (; n < 200 || (own === found.length && Date.now() < deadline); n++) {
    put(queue.next(), n);
    queue.submit();
  }
  queue.drain();
  queue.close();
  expect(found).toEqual(Array.from({ length: n }, (_, i) => isHonest(i)));
  expect(own).toBeLessThan(n);
});

test('a thread that dies over its block leaves it to the owner', () => {
  const claims = `
    const states = new Int32Array(require('node:worker_threads').workerData, 0, ${BLOCKS + 1});
    while (Atomics.compareExchange(states, 0, 1, 2) !== 1);
    Atomics.store(states, ${BLOCKS}, 1000);
    Atomics.notify(states, ${BLOCKS});`;
  let memory: SharedArrayBuffer | undefined;
  const dying: Threads = {
    start(_, shared) {
      memory = shared;
      const worker = new Worker(claims, { eval: true, workerData: shared });
      return { stop: () => void worker.terminate() };
    },
  };
  const found: boolean[] = [];
  const queue = new BlockQueue(checkRecords, verdicts(found), 'check-records', dying);
  put(queue.next(), 3);
  queue.submit();
  const states = new Int32Array(memory!, 0, BLOCKS + 1);
  while (Atomics.load(states, BLOCKS) !== 1000) Atomics.wait(states, BLOCKS, Atomics.load(states, BLOCKS), 1000);
  queue.drain();
  queue.close();
  expect(found).toEqual([false]);
});

test('work that fails in a thread fails at its owner', () => {
  const failing = (): never => {
    throw new Error('this block');
  };
  let memory: SharedArrayBuffer | undefined;
  const noted: Threads = {
    start(_, shared) {
      memory = shared;
      return undefined;
    },
  };
  const queue = new BlockQueue(failing, () => {}, 'check-records', noted);
  queue.next();
  queue.submit();
  expect(() => helpWith(failing, memory!)).toThrow('this block');
  expect(() => queue.drain()).toThrow('this block');
});
