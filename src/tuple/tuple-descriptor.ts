/**
 * A descriptor is the row type of a tuple (FORMAT.md §5.1): it finds fields, decodes them and orders tuples. Tuples are
 * ranges of larger buffers (a node's), never copied and never objects.
 */
import { AssertionError } from '../base/errors.ts';
import type { BlobStore } from './blob-store.ts';
import type { FieldType } from './field-type.ts';
import type { Value } from './value.ts';

/** Order of two byte ranges: negative, 0, positive. Total, and consistent with the order in which a tree holds its keys. */
export type RangeComparator = (
  a: Uint8Array,
  aStart: number,
  aEnd: number,
  b: Uint8Array,
  bStart: number,
  bEnd: number,
) => number;

export class TupleDescriptor {
  readonly fields: readonly FieldType[];
  /** Whether some field may hold an address (adaptive or address encodings): leaves then list address offsets. */
  readonly hasAddresses: boolean;
  /** Order of two tuples, field by field, NULL first. A property, to be passed as a function. */
  readonly compare: RangeComparator;

  /** `blobs` is needed only to order fields of adaptive encodings (unique indexes on TEXT). */
  constructor(fields: readonly FieldType[], _blobs?: BlobStore) {
    this.fields = fields;
    this.hasAddresses = false;
    this.compare = () => {
      throw new AssertionError('not built');
    };
  }

  /** The order of the first `count` fields only: fields beyond are not looked at. Cached by count. */
  comparePrefix(_count: number): RangeComparator {
    throw new AssertionError('not built');
  }

  /** Decodes a field. `blobs` is needed where it may be out of band. */
  decode(_bytes: Uint8Array, _start: number, _end: number, _field: number, _blobs?: BlobStore): Value {
    throw new AssertionError('not built');
  }

  isNull(_bytes: Uint8Array, _start: number, _end: number, _field: number): boolean {
    throw new AssertionError('not built');
  }

  /**
   * Appends to `into` the positions, relative to `start`, of the addresses of blobs in this tuple, in the order in which
   * nodes list them: descending, adaptive fields before address fields (FORMAT.md §4.1).
   */
  addressOffsets(_bytes: Uint8Array, _start: number, _end: number, _into: number[]): void {
    throw new AssertionError('not built');
  }
}

/** Start of a field in the tuple `[start, end)`, or -1 when it is NULL. */
export function fieldStart(_bytes: Uint8Array, _start: number, _end: number, _field: number): number {
  throw new AssertionError('not built');
}

/** End of a field that is not NULL. */
export function fieldEnd(_bytes: Uint8Array, _start: number, _end: number, _field: number): number {
  throw new AssertionError('not built');
}
