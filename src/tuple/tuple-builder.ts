/**
 * Encodes rows into a reusable buffer. After `finish()` the tuple is `bytes[0, length)`, valid until the next `put`;
 * `build()` copies it out. Fields are put in ascending order; a field left out is NULL.
 */
import { AssertionError } from '../base/errors.ts';
import type { BlobStore } from './blob-store.ts';
import type { TupleDescriptor } from './tuple-descriptor.ts';
import type { Value } from './value.ts';

/** The length that adaptive placement aims at, unless a schema says otherwise. */
export const DEFAULT_TARGET_SIZE = 2048;

export class TupleBuilder {
  readonly descriptor: TupleDescriptor;
  /** The buffer; another object after it had to grow, so read it again after each `finish`. */
  bytes: Uint8Array = new Uint8Array(256);

  /** `blobs` is needed when the descriptor has adaptive or address fields. */
  constructor(descriptor: TupleDescriptor, _blobs?: BlobStore, _targetSize = DEFAULT_TARGET_SIZE) {
    this.descriptor = descriptor;
  }

  /** Encodes `value`, which must already be of the field's type. Throws `invalid` where the row gets too long. */
  put(_field: number, _value: Value): void {
    throw new AssertionError('not built');
  }

  /** Copies an already encoded field (of the same encoding) from another tuple. */
  putEncoded(_field: number, _bytes: Uint8Array, _start: number, _end: number): void {
    throw new AssertionError('not built');
  }

  /** Places adaptive values, writes the offsets; the length of the tuple in `bytes`. Ready for the next tuple. */
  finish(): number {
    throw new AssertionError('not built');
  }

  /** `finish`, in an array of its own. */
  build(): Uint8Array {
    const length = this.finish();
    return this.bytes.slice(0, length);
  }
}
