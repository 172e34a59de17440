/**
 * WebAssembly without a compiler: functions of 32-bit integers over one memory, put together from calls that give the
 * bytes of their code (WebAssembly core specification, §5). For loops over bytes, which JavaScript checks and converts at
 * every step; a module of a few functions is made and compiled in half a millisecond.
 */

/** A parameter or local variable of a function, by its number; parameters come first. */
export interface Variable {
  readonly variable: number;
}
export type Code = readonly number[];
/** A number is a constant. */
export type Value = Code | Variable | number;

export interface WasmFunction {
  readonly parameters: number;
  /** Variables beside the parameters; zero at first. */
  readonly locals: number;
  /** Must end in `give`; a function has one result. */
  readonly body: readonly Code[];
}

export const PAGE_BYTES = 1 << 16;

/** The variables of a function in their order, by names for whoever reads it. */
export function variables<Name extends string>(...names: readonly Name[]): Readonly<Record<Name, Variable>> {
  return Object.fromEntries(names.map((name, variable) => [name, { variable }])) as Record<Name, Variable>;
}

export interface WasmInstance<Name extends string> {
  /** All of its memory. */
  readonly memory: Uint8Array<ArrayBuffer>;
  readonly functions: Readonly<Record<Name, (...values: readonly number[]) => number>>;
}

/** Compiles the functions, over `pages` of memory; undefined where there is no WebAssembly, or none with vectors. */
export function instantiate<Name extends string>(
  pages: number,
  functions: Readonly<Record<Name, WasmFunction>>,
): WasmInstance<Name> | undefined {
  try {
    const { Instance, Module } = (globalThis as unknown as { WebAssembly: WebAssemblyApi }).WebAssembly;
    const { exports } = new Instance(new Module(wasmModule(pages, functions)));
    const { memory, ...compiled } = exports;
    return { memory: new Uint8Array(memory.buffer), functions: compiled as WasmInstance<Name>['functions'] };
  } catch {
    return undefined;
  }
}

/** What is used of it; Node's types do not have it. */
interface WebAssemblyApi {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (
    module: object,
  ) => { readonly exports: { readonly memory: { readonly buffer: ArrayBuffer } } };
}

/** A module that exports `memory`, of `pages` for good, and the functions. */
function wasmModule(pages: number, functions: Readonly<Record<string, WasmFunction>>): Uint8Array {
  const all = Object.entries(functions);
  const types = all.map(([, { parameters }]) => [0x60, ...vector(Array(parameters).fill([I32])), 1, I32]);
  const bodies = all.map(([, { locals, body }]) => {
    const code = [1, ...unsigned(locals), I32, ...body.flat(), 0x0b];
    return [...unsigned(code.length), ...code];
  });
  const exported = all.map(([name], i) => [...nameOf(name), 0, i]);
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, types),
    ...section(
      3,
      all.map((_, i) => [i]),
    ),
    ...section(5, [[1, ...unsigned(pages), ...unsigned(pages)]]),
    ...section(7, [[...nameOf('memory'), 2, 0], ...exported]),
    ...section(10, bodies),
  ]);
}

// --- statements

export function set({ variable }: Variable, value: Value): Code {
  return [...codeOf(value), 0x21, variable];
}

/** `variable = variable + value`. */
export function advance(variable: Variable, value: Value): Code {
  return set(variable, add(variable, value));
}

/** Returns from the function. */
export function give(value: Value): Code {
  return [...codeOf(value), 0x0f];
}

export function when(condition: Value, body: readonly Code[], otherwise: readonly Code[] = []): Code {
  const rest = otherwise.length > 0 ? [0x05, ...otherwise.flat()] : [];
  return [...codeOf(condition), 0x04, NO_RESULT, ...body.flat(), ...rest, 0x0b];
}

export function doWhile(body: readonly Code[], condition: Value): Code {
  return [0x03, NO_RESULT, ...body.flat(), ...codeOf(condition), 0x0d, 0, 0x0b];
}

export function loopWhile(condition: Value, body: readonly Code[]): Code {
  return [0x03, NO_RESULT, ...when(condition, [...body, [0x0c, 1]]), 0x0b];
}

/** Copies `bytes` bytes at `from` to `to`, read before they are written. */
export function copy(bytes: 1 | 8 | 16, to: Value, from: Value): Code {
  const [load, store] = COPIES[bytes];
  return [...codeOf(to), ...codeOf(from), ...load, 0, 0, ...store, 0, 0];
}

export function store8(address: Value, value: Value): Code {
  return [...codeOf(address), ...codeOf(value), 0x3a, 0, 0];
}

export function store16(address: Value, value: Value): Code {
  return [...codeOf(address), ...codeOf(value), 0x3b, 0, 0];
}

/** Makes `bytes` bytes zero. */
export function clear(address: Value, bytes: Value): Code {
  return [...codeOf(address), ...codeOf(0), ...codeOf(bytes), 0xfc, 0x0b, 0];
}

// --- values, unsigned

export const add = binary(0x6a);
export const subtract = binary(0x6b);
export const multiply = binary(0x6c);
export const and = binary(0x71);
export const or = binary(0x72);
export const xor = binary(0x73);
export const shiftLeft = binary(0x74);
export const shiftRight = binary(0x76);
export const equal = binary(0x46);
export const less = binary(0x49);
export const greater = binary(0x4b);
export const atMost = binary(0x4d);
export const atLeast = binary(0x4f);

/** The number of 8, 16 or 32 bits, little-endian, that stands `offset` bytes behind an address. */
export const load8 = load(0x2d);
export const load16 = load(0x2f);
export const load32 = load(0x28);

/** What the function at a place of the module gives. */
export function call(place: number, ...values: readonly Value[]): Code {
  return [...values.flatMap(codeOf), 0x10, place];
}

const I32 = 0x7f;
const NO_RESULT = 0x40;
const COPIES: Readonly<Record<1 | 8 | 16, readonly [Code, Code]>> = {
  1: [[0x2d], [0x3a]],
  8: [[0x29], [0x37]],
  16: [
    [0xfd, 0x00],
    [0xfd, 0x0b],
  ],
};

function binary(opcode: number): (left: Value, right: Value) => Code {
  return (left, right) => [...codeOf(left), ...codeOf(right), opcode];
}

function load(opcode: number): (address: Value, offset?: number) => Code {
  return (address, offset = 0) => [...codeOf(address), opcode, 0, ...unsigned(offset)];
}

function codeOf(value: Value): Code {
  if (typeof value === 'number') return [0x41, ...signed(value)];
  return 'variable' in value ? [0x20, value.variable] : value;
}

function section(id: number, items: readonly Code[]): Code {
  const content = vector(items);
  return [id, ...unsigned(content.length), ...content];
}

function vector(items: readonly Code[]): Code {
  return [...unsigned(items.length), ...items.flat()];
}

function nameOf(text: string): Code {
  return vector([...text].map((character) => [character.charCodeAt(0)]));
}

/** LEB128 of a number without sign. */
function unsigned(value: number): Code {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}

/** LEB128 of a 32-bit number with sign. */
function signed(value: number): Code {
  const rest = value >> 7;
  const isLast = rest === (value & 0x40 ? -1 : 0);
  return isLast ? [value & 0x7f] : [(value & 0x7f) | 0x80, ...signed(rest)];
}
