/**
 * Addresses that wait, each of which comes once, however often it is added: of a walk over all that a repository holds,
 * where strings would take the memory. About 40 bytes each, those that have been taken too.
 */
import { ADDRESS_BYTES, type Address, addressAt, writeAddress } from './address.ts';

const WORDS = ADDRESS_BYTES / 4;
const FIRST = 1024;

export class AddressQueue {
  /** Address after address, in the order in which they were added. */
  #words = new Uint32Array(FIRST * WORDS);
  #bytes = new Uint8Array(this.#words.buffer);
  /** By the first word of an address, which is as good as random: its number and one, or 0; collisions are next to it. */
  #slots = new Uint32Array(2 * FIRST);
  #count = 0;
  #taken = 0;

  /** All that were ever added. */
  get count(): number {
    return this.#count;
  }

  get waiting(): number {
    return this.#count - this.#taken;
  }

  /** Whether it was ever added. */
  has(address: Address): boolean {
    if ((this.#count + 1) * WORDS > this.#words.length) this.#grow();
    writeAddress(address, this.#bytes, this.#count * ADDRESS_BYTES);
    return this.#slots[this.#slotOf(this.#count)] !== 0;
  }

  add(address: Address): void {
    if ((this.#count + 1) * WORDS > this.#words.length) this.#grow();
    writeAddress(address, this.#bytes, this.#count * ADDRESS_BYTES);
    const slot = this.#slotOf(this.#count);
    if (this.#slots[slot] !== 0) return;
    this.#slots[slot] = ++this.#count;
  }

  /** The next ones, `most` at most. */
  take(most: number): Address[] {
    const taken = Array.from({ length: Math.min(most, this.waiting) }, (_, i) =>
      addressAt(this.#bytes, (this.#taken + i) * ADDRESS_BYTES),
    );
    this.#taken += taken.length;
    return taken;
  }

  /** Where the address of that number stands, or is to stand. */
  #slotOf(number: number): number {
    const mask = this.#slots.length - 1;
    let slot = this.#words[number * WORDS]! & mask;
    while (this.#slots[slot] !== 0 && !this.#areEqual(this.#slots[slot]! - 1, number)) slot = (slot + 1) & mask;
    return slot;
  }

  #areEqual(a: number, b: number): boolean {
    for (let i = 0; i < WORDS; i++) if (this.#words[a * WORDS + i] !== this.#words[b * WORDS + i]) return false;
    return true;
  }

  #grow(): void {
    const words = new Uint32Array(this.#words.length * 2);
    words.set(this.#words);
    this.#words = words;
    this.#bytes = new Uint8Array(words.buffer);
    this.#slots = new Uint32Array(this.#slots.length * 2);
    for (let number = 0; number < this.#count; number++) this.#slots[this.#slotOf(number)] = number + 1;
  }
}
