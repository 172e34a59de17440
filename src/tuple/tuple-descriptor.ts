/**
 * A descriptor is the row type of a tuple (FORMAT.md §5.1): it finds fields, decodes them and orders tuples. Tuples are
 * ranges of larger buffers (a node's), never copied and never objects.
 */
import { addressAt, EMPTY_ADDRESS } from '../base/address.ts';
import type { BlobStore } from './blob-store.ts';
import { Encoding, fixedWidth, isAdaptiveEncoding, isAddressEncoding } from './encoding.ts';
import { type FieldDecoder, fieldDecoder } from './field-decoder.ts';
import { fieldOrder } from './field-order.ts';
import type { FieldType } from './field-type.ts';
import type { RangeComparator } from './range.ts';
import { fieldEnd, fieldStart } from './tuple.ts';
import type { Value } from './value.ts';

export type { RangeComparator } from './range.ts';

export class TupleDescriptor {
  readonly fields: readonly FieldType[];
  /** Whether some field may hold an address (adaptive or address encodings): leaves then list address offsets. */
  readonly hasAddresses: boolean;
  /** Whether tuples of other bytes may be equal: some text is compared by a collation that is not binary. */
  readonly folds: boolean;
  /** Order of two tuples, field by field, NULL first. A property, to be passed as a function. */
  readonly compare: RangeComparator;
  /**
   * Where the leading fields of fixed width that are never NULL start, and where the last of them ends: of n such fields
   * n + 1 offsets.
   */
  readonly fixedOffsets: readonly number[];

  readonly #blobs: BlobStore | undefined;
  #decoders: FieldDecoder[] | undefined;
  /** The store that `#decoders` read from. */
  #decodersOf: BlobStore | undefined;
  #prefixes: Map<number, RangeComparator> | undefined;

  /** `blobs` is needed only to order fields of adaptive encodings (unique indexes on TEXT). */
  constructor(fields: readonly FieldType[], blobs?: BlobStore) {
    this.fields = fields;
    this.#blobs = blobs;
    this.hasAddresses = fields.some((f) => isAdaptiveEncoding(f.encoding) || isAddressEncoding(f.encoding));
    this.folds = fields.some(({ collation }) => collation !== undefined && !collation.binary);
    this.fixedOffsets = fixedOffsetsOf(fields);
    this.compare = this.comparePrefix(fields.length);
  }

  /** The order of the first `count` fields only: fields beyond are not looked at. Cached by count. */
  comparePrefix(count: number): RangeComparator {
    this.#prefixes ??= new Map();
    let order = this.#prefixes.get(count);
    if (order === undefined) {
      order = this.#orderOf(count);
      this.#prefixes.set(count, order);
    }
    return order;
  }

  #orderOf(count: number): RangeComparator {
    const orders = this.fields.slice(0, count).map((type) => fieldOrder(type, this.#blobs));
    // A field whose place and width are fixed is compared without looking at the offsets.
    const fixed = this.fixedOffsets;
    const known = Math.min(count, fixed.length - 1);
    if (known === 1 && count === 1) return orders[0]!;
    return (a, aStart, aEnd, b, bStart, bEnd) => {
      for (let i = 0; i < known; i++) {
        const offset = fixed[i]!;
        const end = fixed[i + 1]!;
        const difference = orders[i]!(a, aStart + offset, aStart + end, b, bStart + offset, bStart + end);
        if (difference !== 0) return difference;
      }
      for (let i = known; i < count; i++) {
        const left = fieldStart(a, aStart, aEnd, i);
        const right = fieldStart(b, bStart, bEnd, i);
        if (left < 0 || right < 0) {
          if (left === right) continue;
          return left < 0 ? -1 : 1;
        }
        const difference = orders[i]!(a, left, fieldEnd(a, aStart, aEnd, i), b, right, fieldEnd(b, bStart, bEnd, i));
        if (difference !== 0) return difference;
      }
      return 0;
    };
  }

  /** Decodes a field. `blobs` is needed where it may be out of band. */
  decode(bytes: Uint8Array, start: number, end: number, field: number, blobs?: BlobStore): Value {
    const from = fieldStart(bytes, start, end, field);
    if (from < 0) return null;
    const store = blobs ?? this.#blobs;
    if (this.#decoders === undefined || this.#decodersOf !== store) {
      this.#decoders = this.fields.map((type) => fieldDecoder(type, store));
      this.#decodersOf = store;
    }
    return this.#decoders[field]!(bytes, from, fieldEnd(bytes, start, end, field));
  }

  isNull(bytes: Uint8Array, start: number, end: number, field: number): boolean {
    return fieldStart(bytes, start, end, field) < 0;
  }

  /**
   * Appends to `into` the positions, relative to `start`, of the addresses of blobs in this tuple, in the order in which
   * nodes list them: descending, adaptive fields before address fields (FORMAT.md §4.1).
   */
  addressOffsets(bytes: Uint8Array, start: number, end: number, into: number[]): void {
    if (!this.hasAddresses) return;
    for (let i = this.fields.length - 1; i >= 0; i--) {
      if (!isAdaptiveEncoding(this.fields[i]!.encoding)) continue;
      const from = fieldStart(bytes, start, end, i);
      if (from >= 0 && bytes[from] !== 0) into.push(fieldEnd(bytes, start, end, i) - 20 - start);
    }
    for (let i = this.fields.length - 1; i >= 0; i--) {
      if (!isAddressEncoding(this.fields[i]!.encoding)) continue;
      const from = fieldStart(bytes, start, end, i);
      if (from >= 0 && addressAt(bytes, from) !== EMPTY_ADDRESS) into.push(from - start);
    }
  }
}

/** The key of a keyless table: the row's id, with the bytes of the count after it, as one range. */
export const KEYLESS_KEY: readonly FieldType[] = [{ encoding: Encoding.hash128, nullable: false }];

function fixedOffsetsOf(fields: readonly FieldType[]): number[] {
  const offsets = [0];
  for (const { encoding, nullable } of fields) {
    const width = fixedWidth(encoding);
    if (nullable || width === undefined) break;
    offsets.push(offsets.at(-1)! + width);
  }
  return offsets;
}
