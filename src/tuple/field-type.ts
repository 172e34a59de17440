/** The static type of one field of a tuple: all that decoding, encoding and comparing it need to know. */
import type { Collation } from './collation.ts';
import type { Encoding } from './encoding.ts';

export interface FieldType {
  readonly encoding: Encoding;
  readonly nullable: boolean;
  /** The order of text (string, stringAdaptive, stringAddress); the default collation when undefined. */
  readonly collation?: Collation | undefined;
  /** Digits after the point of a decimal; 0 when undefined. */
  readonly scale?: number | undefined;
}
