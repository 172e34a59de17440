/**
 * Tags of new columns (FORMAT.md appendix D): a pseudo-random number seeded by the table's and the column's names and
 * kinds, so that equal statements on two clones give equal tags, and drawn again while it is taken.
 */
import { Encoding } from '../tuple/encoding.ts';
import { goRngTable } from './go-rng-table.ts';

/** A column whose tag is wanted: what decides it. */
export interface TaggedColumn {
  readonly name: string;
  readonly sqlType: string;
  readonly encoding: Encoding;
}

/**
 * The tags of `added` columns of a table, in order, assigned as one statement does: each counts as existing for the
 * next. `columns` are those that the table already has, `taken` every tag in the working root and in HEAD's.
 */
export function newColumnTags(
  table: string,
  columns: readonly TaggedColumn[],
  added: readonly TaggedColumn[],
  taken: Iterable<number>,
): number[] {
  const used = new Set(taken);
  const kinds = columns.map(columnKind);
  return added.map((column) => {
    const kind = columnKind(column);
    const tag = newTag(table, kinds, column.name, kind, used);
    used.add(tag);
    kinds.push(kind);
    return tag;
  });
}

/** The original's kind of a column (appendix D.1). */
export function columnKind({ sqlType, encoding }: TaggedColumn): number {
  switch (encoding) {
    case Encoding.float32:
    case Encoding.float64:
      return 1;
    case Encoding.string:
      return 2;
    case Encoding.stringAdaptive:
    case Encoding.stringAddress:
    case Encoding.bytesAdaptive:
    case Encoding.bytesAddress:
      return 3;
    case Encoding.int8:
    case Encoding.int16:
    case Encoding.int32:
    case Encoding.int64:
    case Encoding.year:
    case Encoding.time:
      return 15;
    case Encoding.uint8:
    case Encoding.uint16:
    case Encoding.uint32:
    case Encoding.uint64:
    case Encoding.bit64:
    case Encoding.enum:
    case Encoding.set:
      return 16;
    case Encoding.bytes:
      return 19;
    case Encoding.date:
    case Encoding.datetime:
      return 20;
    case Encoding.decimal:
      return 21;
    case Encoding.json:
    case Encoding.jsonAdaptive:
    case Encoding.jsonAddress:
      return 22;
    default:
      return GEOMETRY_KINDS[/^\w+/.exec(sqlType.toLowerCase())?.[0] ?? ''] ?? 23;
  }
}

const GEOMETRY_KINDS: Readonly<Record<string, number>> = {
  geometry: 23,
  point: 24,
  linestring: 25,
  polygon: 26,
  multipoint: 28,
  multilinestring: 29,
  multipolygon: 30,
  geometrycollection: 31,
  geomcollection: 31,
};

const FIRST_LIMIT = 16384;

function newTag(table: string, kinds: readonly number[], column: string, kind: number, taken: Set<number>): number {
  let limit = FIRST_LIMIT;
  while (taken.size > limit / 2) limit *= 128;
  const seed = Buffer.concat([
    Uint8Array.from(kinds),
    Uint8Array.of(kind),
    Buffer.from(simple(table)),
    Buffer.from(simple(column)),
  ]);
  const random = new GoRandom(
    process.getBuiltinModule('node:crypto').createHash('sha512').update(seed).digest().readBigInt64LE(0),
  );
  for (;;) {
    const tag = Number(random.next() & BigInt(limit - 1));
    if (!taken.has(tag)) return tag;
  }
}

function simple(name: string): string {
  return name.replace(/[^A-Za-z0-9]/g, '').toLowerCase();
}

const WORDS = 607;
const TAP = 273;
const MASK_64 = (1n << 64n) - 1n;
const MASK_63 = (1n << 63n) - 1n;
const MODULUS = 2147483647n;

/** Go's `math/rand` source: an additive lagged Fibonacci generator (appendix D.2). */
export class GoRandom {
  readonly #words: bigint[] = new Array(WORDS);
  #tap = 0;
  #feed = WORDS - TAP;

  constructor(seed: bigint) {
    let start = seed % MODULUS;
    if (start < 0n) start += MODULUS;
    if (start === 0n) start = 89482311n;
    let x = Number(start);
    const step = (): void => {
      // 48271 · x fits 47 bits.
      x = (48271 * x) % 2147483647;
    };
    for (let i = -20; i < WORDS; i++) {
      step();
      if (i < 0) continue;
      let word = BigInt(x) << 40n;
      step();
      word ^= BigInt(x) << 20n;
      step();
      word ^= BigInt(x);
      this.#words[i] = (word & MASK_64) ^ goRngTable()[i]!;
    }
  }

  /** A number of 63 bits. */
  next(): bigint {
    this.#tap = this.#tap === 0 ? WORDS - 1 : this.#tap - 1;
    this.#feed = this.#feed === 0 ? WORDS - 1 : this.#feed - 1;
    const sum = (this.#words[this.#feed]! + this.#words[this.#tap]!) & MASK_64;
    this.#words[this.#feed] = sum;
    return sum & MASK_63;
  }
}
