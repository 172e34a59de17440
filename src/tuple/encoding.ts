/** How a field of a tuple is encoded (FORMAT.md §5.2). The numbers are stored in table schemas. */

export const Encoding = {
  null: 0,
  int8: 1,
  uint8: 2,
  int16: 3,
  uint16: 4,
  int32: 7,
  uint32: 8,
  int64: 9,
  uint64: 10,
  float32: 11,
  float64: 12,
  bit64: 13,
  hash128: 14,
  year: 15,
  date: 16,
  time: 17,
  datetime: 18,
  enum: 19,
  set: 20,
  bytesAddress: 21,
  commitAddress: 22,
  stringAddress: 23,
  jsonAddress: 24,
  cell: 25,
  geometryAddress: 26,
  extendedAddress: 27,
  string: 128,
  bytes: 129,
  decimal: 130,
  json: 131,
  geometry: 133,
  extended: 134,
  stringAdaptive: 135,
  bytesAdaptive: 136,
  extendedAdaptive: 137,
  geometryAdaptive: 138,
  jsonAdaptive: 139,
} as const;

export type Encoding = (typeof Encoding)[keyof typeof Encoding];

const KNOWN: ReadonlySet<number> = new Set(Object.values(Encoding));

/** Whether `number` is one of the encodings. */
export function isEncoding(number: number): number is Encoding {
  return KNOWN.has(number);
}

/** The field is the address of a blob (of a commit for `commitAddress`), always 20 bytes. */
export function isAddressEncoding(encoding: Encoding): boolean {
  return encoding === Encoding.extendedAddress || (encoding >= 21 && encoding <= 26 && encoding !== Encoding.cell);
}

/** The field is inline or in a blob, by size (FORMAT.md §5.3). */
export function isAdaptiveEncoding(encoding: Encoding): boolean {
  return encoding >= Encoding.stringAdaptive && encoding <= Encoding.jsonAdaptive;
}

const WIDTHS: Readonly<Partial<Record<Encoding, number>>> = {
  1: 1,
  2: 1,
  3: 2,
  4: 2,
  7: 4,
  8: 4,
  9: 8,
  10: 8,
  11: 4,
  12: 8,
  13: 8,
  14: 16,
  15: 1,
  16: 4,
  17: 8,
  18: 8,
  19: 2,
  20: 8,
  21: 20,
  22: 20,
  23: 20,
  24: 20,
  25: 17,
  26: 20,
  27: 20,
};

/** Bytes of a field that is not NULL where they are always the same, else undefined. */
export function fixedWidth(encoding: Encoding): number | undefined {
  return WIDTHS[encoding];
}

/** The encoding that a column stored as `encoding` has as a field of a key tuple (FORMAT.md §5.4, last paragraph). */
export function keyEncoding(encoding: Encoding): Encoding {
  switch (encoding) {
    case Encoding.stringAdaptive:
    case Encoding.stringAddress:
      return Encoding.string;
    case Encoding.bytesAdaptive:
    case Encoding.bytesAddress:
      return Encoding.bytes;
    case Encoding.geometryAdaptive:
    case Encoding.geometryAddress:
      return Encoding.cell;
    default:
      return encoding;
  }
}
