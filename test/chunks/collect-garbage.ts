/** A collection of a store that nobody else uses: keeps exactly the chunks of `old`, which move to oldgen, and of `young`. */
import type { Address } from '../../src/base/address.ts';
import type { NbsStore } from '../../src/chunks/nbs-store.ts';

export function collectGarbage(store: NbsStore, old: Iterable<Address>, young: Iterable<Address>): void {
  const collection = store.beginCollection(() => 0);
  try {
    for (const _ of collection.moveToOld(old, 'atOnce'));
    for (const _ of collection.keep(young, 'atOnce'));
    collection.finish();
  } catch (error) {
    collection.abandon();
    throw error;
  }
}
