/**
 * Copies short ranges of bytes, four at a step. A call of `set` costs more than the work on a tuple, and a loop over bytes
 * several times as much. It takes views of both arrays, which are kept for the arrays used last.
 */

/** Beyond this `set` is faster. */
const LONG = 256;
const KEPT = 8;
const arrays: Uint8Array[] = Array.from({ length: KEPT }, () => new Uint8Array(0));
const views: DataView[] = arrays.map(({ buffer }) => new DataView(buffer));
let oldest = 0;

function viewOf(bytes: Uint8Array): DataView {
  for (let i = 0; i < KEPT; i++) if (arrays[i] === bytes) return views[i]!;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  arrays[oldest] = bytes;
  views[oldest] = view;
  oldest = (oldest + 1) % KEPT;
  return view;
}

/** Copies `from[start, end)` to `to[at, …)`. The ranges do not overlap. */
export function copyBytes(from: Uint8Array, start: number, end: number, to: Uint8Array, at: number): void {
  const length = end - start;
  if (length < 8) {
    for (let i = start, o = at; i < end; i++, o++) to[o] = from[i]!;
  } else if (length > LONG) to.set(from.subarray(start, end), at);
  else {
    const source = viewOf(from);
    const target = viewOf(to);
    const last = length - 4;
    for (let i = 0; i < last; i += 4) target.setInt32(at + i, source.getInt32(start + i, true), true);
    // The last step may overlap the one before.
    target.setInt32(at + last, source.getInt32(start + last, true), true);
  }
}
