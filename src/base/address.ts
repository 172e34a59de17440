/**
 * The address of a chunk: the first 20 bytes of the SHA-512 of its bytes (FORMAT.md §1).
 *
 * In memory an address is its text form, 32 characters of base32 (`0-9a-v`), so that it can be compared, printed and
 * used as a key of a Map without conversion; the order of the texts is the order of the bytes. The 20 raw bytes exist
 * only inside chunks and files: `addressAt` and `writeAddress` are the two crossings.
 */

declare const brand: unique symbol;
export type Address = string & { readonly [brand]: 'Address' };

export const ADDRESS_BYTES = 20;
export const ADDRESS_CHARACTERS = 32;

/** Twenty zero bytes: "absent". Never the address of a stored chunk. */
export const EMPTY_ADDRESS = '0'.repeat(ADDRESS_CHARACTERS) as Address;

/** Twenty 0xff bytes: the name of the chunk journal's file, never a chunk. */
export const JOURNAL_ADDRESS = 'v'.repeat(ADDRESS_CHARACTERS) as Address;

const ALPHABET = '0123456789abcdefghijklmnopqrstuv';
const TEXT = /^[0-9a-v]{32}$/;
const CODES = Uint8Array.from(ALPHABET, (character) => character.charCodeAt(0));
/** Used by one call at a time. */
const characters = Buffer.alloc(ADDRESS_CHARACTERS);
const VALUES = new Uint8Array(128);
for (let i = 0; i < 32; i++) VALUES[ALPHABET.charCodeAt(i)] = i;

/** The address that `text` spells, or undefined where it spells none. */
export function parseAddress(text: string): Address | undefined {
  return TEXT.test(text) ? (text as Address) : undefined;
}

/** The address whose 20 bytes start at `offset`. */
export function addressAt(bytes: Uint8Array, offset: number): Address {
  // Of one piece: a string that was put together from others costs more, and is put together when it is used.
  for (let c = 0, i = offset; c < ADDRESS_CHARACTERS; c += 8, i += 5) {
    putQuad(c, (bytes[i]! << 12) | (bytes[i + 1]! << 4) | (bytes[i + 2]! >> 4));
    putQuad(c + 4, ((bytes[i + 2]! & 15) << 16) | (bytes[i + 3]! << 8) | bytes[i + 4]!);
  }
  return characters.toString('latin1') as Address;
}

function putQuad(at: number, bits: number): void {
  characters[at] = CODES[bits >> 15]!;
  characters[at + 1] = CODES[(bits >> 10) & 31]!;
  characters[at + 2] = CODES[(bits >> 5) & 31]!;
  characters[at + 3] = CODES[bits & 31]!;
}

/** Writes the 20 bytes of `address` at `offset`. */
export function writeAddress(address: Address, bytes: Uint8Array, offset: number): void {
  for (let c = 0, i = offset; c < ADDRESS_CHARACTERS; c += 8, i += 5) {
    const high = quad(address, c);
    const low = quad(address, c + 4);
    bytes[i] = high >> 12;
    bytes[i + 1] = high >> 4;
    bytes[i + 2] = (high << 4) | (low >> 16);
    bytes[i + 3] = low >> 8;
    bytes[i + 4] = low;
  }
}

function quad(text: string, at: number): number {
  return (
    (VALUES[text.charCodeAt(at)]! << 15) |
    (VALUES[text.charCodeAt(at + 1)]! << 10) |
    (VALUES[text.charCodeAt(at + 2)]! << 5) |
    VALUES[text.charCodeAt(at + 3)]!
  );
}

/** The 20 bytes of `address`, in a new array. */
export function addressBytes(address: Address): Uint8Array {
  const bytes = new Uint8Array(ADDRESS_BYTES);
  writeAddress(address, bytes, 0);
  return bytes;
}

/** The address of a chunk whose uncompressed bytes are `bytes`. */
export function addressOf(bytes: Uint8Array): Address {
  const digest = digestOf(bytes);
  for (let i = 0; i < ADDRESS_BYTES; i++) digestStart[i] = digest.charCodeAt(i);
  return addressAt(digestStart, 0);
}

const digestStart = new Uint8Array(ADDRESS_BYTES);

/** Whether the address of a chunk is the one whose 20 bytes start at `at`. */
export function hasAddress(chunk: Uint8Array, key: Uint8Array, at: number): boolean {
  const digest = digestOf(chunk);
  for (let k = 0; k < ADDRESS_BYTES; k++) if (digest.charCodeAt(k) !== key[at + k]) return false;
  return true;
}

/** The SHA-512, a character a byte: a string costs less than an array. */
function digestOf(chunk: Uint8Array): string {
  return hash()('sha512', chunk, 'binary');
}

type Hash = typeof import('node:crypto').hash;
let loaded: Hash | undefined;

/** Loading the module costs a short read, which needs no hash, more than all else it does here. */
function hash(): Hash {
  loaded ??= process.getBuiltinModule('node:crypto').hash;
  return loaded;
}
