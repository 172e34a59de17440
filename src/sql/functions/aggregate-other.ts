/** MIN, MAX, bits, ANY_VALUE, GROUP_CONCAT and the JSON aggregates. */
import type { Integer, Value } from '../../tuple/value.ts';
import { integerOf } from '../../tuple/value.ts';
import { bit } from '../expressions/arithmetic.ts';
import type { Column } from '../expressions/batch.ts';
import { literal, textType } from '../expressions/coerce.ts';
import type { EvaluationContext } from '../expressions/evaluation-context.ts';
import { comparatorFor, nullsFirst } from '../types/compare.ts';
import { jsonMember } from '../types/convert-other.ts';
import { textReader } from '../types/convert-text.ts';
import { computedText, type JsonObject, type JsonValue } from '../types/json-value.ts';
import { keptBytes } from '../types/kept-bytes.ts';
import { jsonNullKey } from '../types/sql-error.ts';
import { COMPUTED_JSON, isBytes, LONGBLOB, NULL_TYPE, UNSIGNED_BIGINT } from '../types/sql-type.ts';
import { withDistinct } from './aggregate-distinct.ts';
import type { AggregateFunction, Aggregator, BoundAggregate } from './aggregate-function.ts';
import { asText, textual } from './arguments.ts';

/** Keeps one value a group: each new one meets the kept one in `choose`. NULLs are passed over. */
class Chosen implements Aggregator {
  readonly #values: Value[] = [];
  readonly #replaces: (candidate: Value, kept: Value) => boolean;
  readonly #seesNull: boolean;
  constructor(replaces: (candidate: Value, kept: Value) => boolean, seesNull = false) {
    this.#replaces = replaces;
    this.#seesNull = seesNull;
  }
  add(groups: Uint32Array, columns: readonly Column[], length: number): void {
    const column = columns[0]!;
    const values = this.#values;
    for (let row = 0; row < length; row++) {
      const value = column[row]!;
      if (value === null && !this.#seesNull) continue;
      const group = groups[row]!;
      const kept = values[group];
      if (kept === undefined || this.#replaces(value, kept)) values[group] = value;
    }
  }
  result(group: number): Value {
    return this.#values[group] ?? null;
  }
  reset(group: number): void {
    delete this.#values[group];
  }
}

/** Of an ENUM or SET, MySQL's rule: its members' texts are compared, not their places as ORDER BY does. */
function extreme(name: string, wanted: 1 | -1): AggregateFunction {
  return {
    name,
    minArguments: 1,
    maxArguments: 1,
    bind(args): BoundAggregate {
      const given = args[0]!;
      const argument = given.type.kind === 'enum' || given.type.kind === 'set' ? asText(given) : given;
      const { type } = argument;
      const compare = comparatorFor(type.kind === 'null' ? NULL_TYPE : type);
      const replaces =
        wanted > 0 ? (a: Value, b: Value) => compare(a, b) > 0 : (a: Value, b: Value) => compare(a, b) < 0;
      return { name, type, nullable: true, args: [argument], create: () => new Chosen(replaces) };
    },
  };
}

function keeper(name: string, last: boolean): AggregateFunction {
  return {
    name,
    minArguments: 1,
    maxArguments: 1,
    bind: ([argument]) => ({
      name,
      type: argument!.type,
      nullable: true,
      args: [argument!],
      create: () => new Chosen(() => last, true),
    }),
  };
}

class Bits implements Aggregator {
  readonly #values: bigint[] = [];
  readonly #start: bigint;
  readonly #join: (a: bigint, b: bigint) => bigint;
  constructor(start: bigint, join: (a: bigint, b: bigint) => bigint) {
    this.#start = start;
    this.#join = join;
  }
  add(groups: Uint32Array, columns: readonly Column[], length: number): void {
    const column = columns[0]!;
    for (let row = 0; row < length; row++) {
      const value = column[row]!;
      if (value === null) continue;
      const group = groups[row]!;
      this.#values[group] = this.#join(this.#values[group] ?? this.#start, BigInt(value as Integer));
    }
  }
  result(group: number): Value {
    return integerOf(this.#values[group] ?? this.#start);
  }
  reset(group: number): void {
    delete this.#values[group];
  }
}

function bits(name: string, start: bigint, join: (a: bigint, b: bigint) => bigint): AggregateFunction {
  return {
    name,
    minArguments: 1,
    maxArguments: 1,
    bind: ([argument], options) =>
      withDistinct(options.distinct, {
        name,
        type: UNSIGNED_BIGINT,
        nullable: false,
        // An OR with nothing makes the argument an unsigned word.
        args: [bit('|', argument!, literal(0, UNSIGNED_BIGINT))],
        create: () => new Bits(start, join),
      }),
  };
}

interface Piece {
  readonly text: string;
  readonly keys: readonly Value[];
}

interface ConcatOptions {
  readonly texts: readonly ((value: Value) => string)[];
  readonly separator: string;
  readonly order: ((a: Piece, b: Piece) => number) | undefined;
  /** Bytes. */
  readonly limit: number;
  readonly warn: () => void;
  readonly binary: boolean;
}

/** What an object that is kept costs beside its values. */
const PIECE_BYTES = 64;

class GroupConcat implements Aggregator {
  readonly #pieces: Piece[][] = [];
  byteSize = 0;
  readonly #options: ConcatOptions;
  constructor(options: ConcatOptions) {
    this.#options = options;
  }
  add(groups: Uint32Array, columns: readonly Column[], length: number): void {
    const { texts } = this.#options;
    for (let row = 0; row < length; row++) {
      let text: string | null = '';
      for (let at = 0; at < texts.length; at++) {
        const value = columns[at]![row]!;
        if (value === null) {
          text = null;
          break;
        }
        text += texts[at]!(value);
      }
      if (text === null) continue;
      const group = groups[row]!;
      this.#pieces[group] ??= [];
      const keys = columns.slice(texts.length).map((column) => column[row]!);
      this.#pieces[group].push({ text, keys });
      this.byteSize += keys.reduce<number>((sum, key) => sum + keptBytes(key), PIECE_BYTES + text.length);
    }
  }
  result(group: number): Value {
    const pieces = this.#pieces[group];
    if (pieces === undefined) return null;
    const { order, separator, limit, warn, binary } = this.#options;
    if (order !== undefined) pieces.sort(order);
    const joined = pieces.map((piece) => piece.text).join(separator);
    const bytes = Buffer.from(joined, binary ? 'latin1' : 'utf8');
    if (bytes.length > limit) {
      warn();
      const cut = bytes.subarray(0, limit);
      return binary ? new Uint8Array(cut) : cut.toString('utf8').replace(/\ufffd+$/, '');
    }
    return binary ? new Uint8Array(bytes) : joined;
  }
  reset(group: number): void {
    delete this.#pieces[group];
  }
}

const DEFAULT_CONCAT_LENGTH = 1024;

function concatLimit(context: EvaluationContext): number {
  try {
    return Number(context.session.systemVariable('group_concat_max_len', 'session').value ?? DEFAULT_CONCAT_LENGTH);
  } catch {
    return DEFAULT_CONCAT_LENGTH;
  }
}

const groupConcat: AggregateFunction = {
  name: 'group_concat',
  minArguments: 1,
  maxArguments: Number.POSITIVE_INFINITY,
  bind(args, options): BoundAggregate {
    const binary = args.some((argument) => isBytes(argument.type));
    const orderBy = options.orderBy ?? [];
    const comparators = orderBy.map(({ expression, descending }) => {
      const compare = nullsFirst(comparatorFor(expression.type));
      return descending ? (a: Value, b: Value) => compare(b, a) : compare;
    });
    const order =
      comparators.length === 0
        ? undefined
        : (a: Piece, b: Piece) => {
            for (let at = 0; at < comparators.length; at++) {
              const found = comparators[at]!(a.keys[at]!, b.keys[at]!);
              if (found !== 0) return found;
            }
            return 0;
          };
    const texts = args.map((argument) =>
      binary && isBytes(argument.type)
        ? (value: Value) => Buffer.from(value as Uint8Array).toString('latin1')
        : textReader(argument.type),
    );
    return withDistinct(
      options.distinct,
      {
        name: 'group_concat',
        type: binary ? LONGBLOB : textType(textual(args), 'group_concat'),
        nullable: true,
        args: [...args, ...orderBy.map(({ expression }) => expression)],
        create: (context) =>
          new GroupConcat({
            texts,
            separator: options.separator ?? ',',
            order,
            limit: concatLimit(context),
            binary,
            warn: () =>
              context.session.warn({ level: 'Warning', code: 1260, message: 'Row 1 was cut by GROUP_CONCAT()' }),
          }),
      },
      args.length,
    );
  },
};

class JsonArrays implements Aggregator {
  readonly #items: JsonValue[][] = [];
  byteSize = 0;
  readonly #read: (value: Value) => JsonValue;
  constructor(read: (value: Value) => JsonValue) {
    this.#read = read;
  }
  add(groups: Uint32Array, columns: readonly Column[], length: number): void {
    for (let row = 0; row < length; row++) {
      const group = groups[row]!;
      this.#items[group] ??= [];
      this.#items[group].push(this.#read(columns[0]![row]!));
      this.byteSize += PIECE_BYTES + keptBytes(columns[0]![row]!);
    }
  }
  result(group: number): Value {
    const items = this.#items[group];
    return items === undefined ? null : computedText(items);
  }
  reset(group: number): void {
    delete this.#items[group];
  }
}

class JsonObjects implements Aggregator {
  readonly #members: JsonObject[] = [];
  byteSize = 0;
  readonly #read: (value: Value) => JsonValue;
  constructor(read: (value: Value) => JsonValue) {
    this.#read = read;
  }
  add(groups: Uint32Array, columns: readonly Column[], length: number): void {
    for (let row = 0; row < length; row++) {
      const key = columns[0]![row]!;
      if (key === null) throw jsonNullKey();
      const group = groups[row]!;
      this.#members[group] ??= new Map();
      this.#members[group].set(key as string, this.#read(columns[1]![row]!));
      this.byteSize += PIECE_BYTES + keptBytes(key) + keptBytes(columns[1]![row]!);
    }
  }
  result(group: number): Value {
    const members = this.#members[group];
    return members === undefined ? null : computedText(members);
  }
  reset(group: number): void {
    delete this.#members[group];
  }
}

export const otherAggregates: readonly AggregateFunction[] = [
  extreme('min', -1),
  extreme('max', 1),
  keeper('any_value', false),
  keeper('first', false),
  keeper('last', true),
  bits('bit_and', 2n ** 64n - 1n, (a, b) => a & b),
  bits('bit_or', 0n, (a, b) => a | b),
  bits('bit_xor', 0n, (a, b) => a ^ b),
  groupConcat,
  {
    name: 'json_arrayagg',
    minArguments: 1,
    maxArguments: 1,
    bind: ([argument], options) =>
      withDistinct(options.distinct, {
        name: 'json_arrayagg',
        type: COMPUTED_JSON,
        nullable: true,
        args: [argument!],
        create: () => new JsonArrays(jsonMember(argument!.type)),
      }),
  },
  {
    name: 'json_objectagg',
    minArguments: 2,
    maxArguments: 2,
    bind: ([key, value]) => ({
      name: 'json_objectagg',
      type: COMPUTED_JSON,
      nullable: true,
      args: [asText(key!), value!],
      create: () => new JsonObjects(jsonMember(value!.type)),
    }),
  },
];
