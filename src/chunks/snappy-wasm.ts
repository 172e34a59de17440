/**
 * The snappy decoder as WebAssembly: nearly three times as fast as the one in JavaScript, copies into and out of its
 * memory included. It moves sixteen bytes at a step where it can, and so may write that many behind a block's end.
 */
import {
  add,
  advance,
  and,
  atLeast,
  type Code,
  copy,
  doWhile,
  equal,
  give,
  greater,
  instantiate,
  less,
  load8,
  load16,
  load32,
  loopWhile,
  or,
  PAGE_BYTES,
  set,
  shiftLeft,
  shiftRight,
  subtract,
  variables,
  type WasmFunction,
  when,
} from '../base/wasm.ts';

/** Blocks and their content may have so many bytes. */
export const COMPILED_LIMIT = 2 * PAGE_BYTES;

/**
 * Decodes the elements `source[start, end)` of a block that stands for `length` bytes, neither of more than the limit.
 * Undefined where they break a rule; the bytes are valid until the next call.
 */
export type CompiledDecoder = (
  source: Uint8Array,
  start: number,
  end: number,
  length: number,
) => Uint8Array | undefined;

/** Undefined where it cannot be compiled. */
export function compileDecoder(): CompiledDecoder | undefined {
  // One page more than the two areas: what is written too far ends there.
  const compiled = instantiate((2 * COMPILED_LIMIT) / PAGE_BYTES + 1, { decode: decoder() });
  if (!compiled) return undefined;
  const { memory } = compiled;
  const { decode } = compiled.functions;
  return (source, start, end, length) => {
    memory.set(source.subarray(start, end), 0);
    if (decode(0, end - start, COMPILED_LIMIT, COMPILED_LIMIT + length) === 0) return undefined;
    return memory.subarray(COMPILED_LIMIT, COMPILED_LIMIT + length);
  };
}

/**
 * A function of WebAssembly: 1 when the elements from `at` to `end` make all the bytes from `start` to `stop`, 0 when
 * they break a rule.
 */
export function decoder(): WasmFunction {
  const names = ['at', 'end', 'start', 'stop', 'to', 'tag', 'size', 'offset', 'from', 'next'] as const;
  const { at, end, start, stop, to, tag, size, offset, from, next } = variables(...names);

  /** `size` bytes from `from` to `to`, in steps of which the last may go too far. */
  const copyUp = (bytes: 1 | 8 | 16): Code =>
    doWhile([copy(bytes, to, from), advance(to, bytes), advance(from, bytes)], less(to, next));

  const literal: readonly Code[] = [
    when(greater(size, 60), [
      // The length is in the next one to four bytes.
      set(offset, subtract(size, 60)),
      set(size, add(1, and(load32(at), shiftRight(-1, subtract(32, shiftLeft(offset, 3)))))),
      advance(at, offset),
      when(greater(at, end), [give(0)]),
      // A length of 2^32 has come out as 0.
      when(equal(size, 0), [give(0)]),
    ]),
    when(or(greater(size, subtract(end, at)), greater(size, subtract(stop, to))), [give(0)]),
    set(from, at),
    advance(at, size),
    set(next, add(to, size)),
    copyUp(16),
    set(to, next),
  ];

  const copied: readonly Code[] = [
    when(
      equal(and(tag, 3), 1),
      [
        set(size, add(4, and(shiftRight(tag, 2), 7))),
        set(offset, or(shiftLeft(and(tag, 0xe0), 3), load8(at))),
        advance(at, 1),
      ],
      [
        when(
          equal(and(tag, 3), 2),
          [set(offset, load16(at)), advance(at, 2)],
          [set(offset, load32(at)), advance(at, 4)],
        ),
      ],
    ),
    // One comparison less for an offset of 0, which becomes the largest number.
    when(
      or(greater(at, end), or(greater(size, subtract(stop, to)), atLeast(subtract(offset, 1), subtract(to, start)))),
      [give(0)],
    ),
    set(from, subtract(to, offset)),
    set(next, add(to, size)),
    when(atLeast(offset, 16), [copyUp(16)], [when(atLeast(offset, 8), [copyUp(8)], [copyUp(1)])]),
    set(to, next),
  ];

  const body = [
    set(to, start),
    loopWhile(less(at, end), [
      set(tag, load8(at)),
      advance(at, 1),
      set(size, add(1, shiftRight(tag, 2))),
      when(and(tag, 3), copied, literal),
    ]),
    give(equal(to, stop)),
  ];
  return { parameters: 4, locals: 6, body };
}
