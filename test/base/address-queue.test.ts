import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { type Address, addressAt, EMPTY_ADDRESS } from '../../src/base/address.ts';
import { AddressQueue } from '../../src/base/address-queue.ts';
import { seeded } from '../replication/world.ts';

const numbered = (i: number): Address => addressAt(createHash('sha1').update(String(i)).digest(), 0);

test('each address comes once, in the order in which it was first added', () => {
  const random = seeded(1);
  const queue = new AddressQueue();
  const added: Address[] = [];
  const known = new Set<Address>();
  const taken: Address[] = [];
  for (let round = 0; round < 400; round++) {
    for (let i = 0; i < 60; i++) {
      const address = numbered(Math.floor(random() * 12_000));
      queue.add(address);
      if (!known.has(address)) added.push(address);
      known.add(address);
    }
    expect(queue.count).toBe(known.size);
    expect(queue.waiting).toBe(known.size - taken.length);
    taken.push(...queue.take(Math.floor(random() * 50)));
  }
  taken.push(...queue.take(1e6));
  expect(taken).toEqual(added);
  expect(queue.take(1)).toEqual([]);
});

test('addresses that begin alike are told apart', () => {
  const bytes = new Uint8Array(20);
  const queue = new AddressQueue();
  queue.add(EMPTY_ADDRESS);
  for (let i = 0; i < 5000; i++) {
    new DataView(bytes.buffer).setUint32(16, i + 1);
    queue.add(addressAt(bytes, 0));
    queue.add(addressAt(bytes, 0));
  }
  expect(queue.count).toBe(5001);
  expect(new Set(queue.take(6000)).size).toBe(5001);
});
