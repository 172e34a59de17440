/**
 * Binary search over the sorted 8-byte prefixes of a table file or an archive. Prefixes may repeat; the search gives the
 * first entry whose prefix equals the key's.
 */
import { u32At } from '../base/big-endian.ts';

/** The first of `count` entries, `stride` bytes apart from `base`, whose prefix is the key's; -1 when there is none. */
export function findPrefix(index: Uint8Array, base: number, stride: number, count: number, key: Uint8Array): number {
  const high = u32At(key, 0);
  const low = u32At(key, 4);
  let from = 0;
  let to = count;
  while (from < to) {
    const middle = (from + to) >>> 1;
    const at = base + middle * stride;
    const found = u32At(index, at);
    if (found < high || (found === high && u32At(index, at + 4) < low)) from = middle + 1;
    else to = middle;
  }
  if (from >= count) return -1;
  const at = base + from * stride;
  return u32At(index, at) === high && u32At(index, at + 4) === low ? from : -1;
}

export function samePrefix(index: Uint8Array, at: number, key: Uint8Array): boolean {
  for (let k = 0; k < 8; k++) if (index[at + k] !== key[k]) return false;
  return true;
}

/** Whether the 12 bytes at `at` are the key's last 12. */
export function sameSuffix(index: Uint8Array, at: number, key: Uint8Array): boolean {
  for (let k = 0; k < 12; k++) if (index[at + k] !== key[8 + k]) return false;
  return true;
}

/** Positions 0..count-1 in the order of the 20-byte addresses' first 8 bytes. */
export function orderByPrefix(addresses: Uint8Array, count: number): Uint32Array {
  const order = new Uint32Array(count);
  const keys = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    order[i] = i;
    // 53 bits decide nearly always; the comparator asks for the rest when they are equal.
    keys[i] = u32At(addresses, i * 20) * 0x20_0000 + (u32At(addresses, i * 20 + 4) >>> 11);
  }
  return order.sort((a, b) => keys[a]! - keys[b]! || u32At(addresses, a * 20 + 4) - u32At(addresses, b * 20 + 4));
}
