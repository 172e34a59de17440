/** The snappy encoder as WebAssembly, for a fragment: the bytes that the one in JavaScript writes, in half the time. */
import {
  add,
  advance,
  and,
  atLeast,
  atMost,
  type Code,
  call,
  clear,
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
  multiply,
  or,
  PAGE_BYTES,
  set,
  shiftLeft,
  shiftRight,
  store8,
  store16,
  subtract,
  type Value,
  variables,
  type WasmFunction,
  when,
} from '../base/wasm.ts';

/** Bytes of the longest fragment. */
export const FRAGMENT_BYTES = PAGE_BYTES;

/** Writes the elements that stand for a fragment at `offset` of `target`; the offset behind them. */
export type CompiledEncoder = (fragment: Uint8Array, target: Uint8Array, offset: number) => number;

/** The fragment, with room to read too far; what is written, with room to write too far; the table of places. */
const TARGET = 2 * PAGE_BYTES;
const TABLE = 4 * PAGE_BYTES;
const PAGES = 5;

/** Undefined where it cannot be compiled. */
export function compileEncoder(): CompiledEncoder | undefined {
  const compiled = instantiate(PAGES, { literal: putLiteral(), copied: putCopy(), encode: encoder() });
  if (!compiled) return undefined;
  const { memory } = compiled;
  const { encode } = compiled.functions;
  return (fragment, target, offset) => {
    memory.set(fragment, 0);
    const end = encode(fragment.length);
    target.set(memory.subarray(TARGET, end), offset);
    return offset + end - TARGET;
  };
}

/** Places of the functions that others call. */
const LITERAL = 0;
const COPIED = 1;

/** Writes the bytes from `from` to `end` as a literal at `to`; where it ends. */
function putLiteral(): WasmFunction {
  const { from, end, to, size, next } = variables('from', 'end', 'to', 'size', 'next');
  const body = [
    set(size, subtract(end, from)),
    when(equal(size, 0), [give(to)]),
    when(
      atMost(size, 60),
      [store8(to, shiftLeft(subtract(size, 1), 2)), advance(to, 1)],
      [
        when(
          atMost(size, 0x100),
          [store8(to, 60 << 2), store8(add(to, 1), subtract(size, 1)), advance(to, 2)],
          [store8(to, 61 << 2), store16(add(to, 1), subtract(size, 1)), advance(to, 3)],
        ),
      ],
    ),
    set(next, add(to, size)),
    doWhile([copy(16, to, from), advance(to, 16), advance(from, 16)], less(to, next)),
    give(next),
  ];
  return { parameters: 3, locals: 2, body };
}

/** Writes a copy of `length` bytes from `offset` bytes before, at `to`; where it ends. */
function putCopy(): WasmFunction {
  const { offset, length, to } = variables('offset', 'length', 'to');
  const long = (bytes: Value): Code[] => [
    store8(to, or(shiftLeft(subtract(bytes, 1), 2), 2)),
    store16(add(to, 1), offset),
    advance(to, 3),
  ];
  const body = [
    loopWhile(atLeast(length, 68), [...long(64), set(length, subtract(length, 64))]),
    when(greater(length, 64), [...long(60), set(length, subtract(length, 60))]),
    when(or(atLeast(length, 12), atLeast(offset, 2048)), [...long(length), give(to)]),
    store8(to, or(or(shiftLeft(shiftRight(offset, 8), 5), shiftLeft(subtract(length, 4), 2)), 1)),
    store8(add(to, 1), offset),
    give(add(to, 2)),
  ];
  return { parameters: 3, locals: 0, body };
}

/** Encodes the bytes from 0 to `end`; where what is written ends. */
function encoder(): WasmFunction {
  const names = ['end', 'to', 'shift', 'limit', 'emitted', 'at', 'next', 'skip', 'ahead'] as const;
  const more = ['entry', 'candidate', 'found', 'from'] as const;
  const { end, to, shift, limit, emitted, at, next, skip, ahead, entry, candidate, found, from } = variables(
    ...names,
    ...more,
  );
  /** Where in the table the place of four bytes is kept. */
  const entryOf = (bytes: Value): Code => add(TABLE, shiftLeft(shiftRight(multiply(bytes, 0x1e35a7bd), shift), 1));
  const literal = (stop: Value): Code => call(LITERAL, emitted, stop, to);

  /** Steps on, wider and wider, to four bytes that were met before, at `candidate`. */
  const search: readonly Code[] = [
    set(skip, 32),
    set(ahead, at),
    doWhile(
      [
        set(at, ahead),
        advance(ahead, shiftRight(skip, 5)),
        advance(skip, shiftRight(skip, 5)),
        when(greater(ahead, limit), [give(literal(end))]),
        set(entry, entryOf(next)),
        set(candidate, load16(entry)),
        store16(entry, at),
        set(found, next),
        set(next, load32(ahead)),
      ],
      subtract(found, load32(candidate)),
    ),
  ];
  const match: readonly Code[] = [
    set(from, at),
    set(found, add(candidate, 4)),
    advance(at, 4),
    loopWhile(and(atMost(add(at, 4), end), equal(load32(at), load32(found))), [advance(at, 4), advance(found, 4)]),
    loopWhile(and(less(at, end), equal(load8(at), load8(found))), [advance(at, 1), advance(found, 1)]),
    set(to, call(COPIED, subtract(from, candidate), subtract(at, from), to)),
    set(emitted, at),
    when(atLeast(at, limit), [give(literal(end))]),
    store16(entryOf(load32(subtract(at, 1))), subtract(at, 1)),
    set(next, load32(at)),
    set(entry, entryOf(next)),
    set(candidate, load16(entry)),
    store16(entry, at),
  ];
  const body = [
    set(to, TARGET),
    when(less(end, 17), [give(literal(end))]),
    set(shift, 24),
    loopWhile(and(greater(shift, 18), less(shiftLeft(1, subtract(32, shift)), end)), [set(shift, subtract(shift, 1))]),
    clear(TABLE, shiftLeft(2, subtract(32, shift))),
    set(limit, subtract(end, 15)),
    set(at, 1),
    set(next, load32(at)),
    loopWhile(1, [
      ...search,
      set(to, literal(at)),
      doWhile(match, equal(next, load32(candidate))),
      advance(at, 1),
      set(next, load32(at)),
    ]),
    give(to),
  ];
  return { parameters: 1, locals: 12, body };
}
