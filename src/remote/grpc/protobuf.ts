/**
 * Protobuf messages declared as tables of fields: `message({ org: text(1), tags: repeated(bytes(2)) })` is a codec whose
 * values have every field, absent ones with proto3's default. Unknown fields are skipped. `decode` throws `invalid` for
 * bytes that are no message.
 */
import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { DoltError } from '../../base/errors.ts';

interface Field<T> {
  readonly number: number;
  /** A new one for each message. */
  readonly initial: () => T;
  readonly write: (writer: BinaryWriter, value: T) => void;
  /** `before` is what the message has of this field so far. */
  readonly read: (reader: BinaryReader, before: T, wireType: WireType) => T;
}

type Fields = Readonly<Record<string, Field<never>>>;
type FieldsOf<T> = { readonly [K in keyof T]: Field<T[K]> };

export interface Message<T> {
  encode(value: Partial<T>): Uint8Array;
  decode(bytes: Uint8Array): T;
  /** Used by messages that contain this one. */
  readonly write: (writer: BinaryWriter, value: Partial<T>) => void;
  readonly read: (reader: BinaryReader, end: number) => T;
}

/** The values of a message. */
export type ValueOf<M> = M extends Message<infer T> ? T : never;

export function message<T extends object>(fields: FieldsOf<T>): Message<T> {
  const entries = Object.entries(fields as unknown as Fields);
  const byNumber = new Map(entries.map(([name, field]) => [field.number, [name, field] as const]));
  const write = (writer: BinaryWriter, value: Partial<T>): void => {
    for (const [name, field] of entries) {
      const part = (value as Record<string, unknown>)[name];
      if (part !== undefined) field.write(writer, part as never);
    }
  };
  const read = (reader: BinaryReader, end: number): T => {
    const value: Record<string, unknown> = {};
    for (const [name, field] of entries) value[name] = field.initial();
    while (reader.pos < end) {
      const [number, wireType] = reader.tag();
      const found = byNumber.get(number);
      if (found === undefined) reader.skip(wireType, number);
      else value[found[0]] = found[1].read(reader, value[found[0]] as never, wireType);
    }
    if (reader.pos !== end) throw new RangeError('a field ends beyond its message');
    return value as T;
  };
  return {
    write,
    read,
    encode(value) {
      const writer = new BinaryWriter();
      write(writer, value);
      return writer.finish();
    },
    decode(bytes) {
      try {
        return read(new BinaryReader(bytes), bytes.length);
      } catch (cause) {
        if (cause instanceof DoltError) throw cause;
        throw new DoltError('invalid', `not a message: ${(cause as Error).message}`, { cause });
      }
    },
  };
}

const NO_BYTES = new Uint8Array(0);

export const text = (number: number): Field<string> => ({
  number,
  initial: () => '',
  write(writer, value) {
    if (value !== '') writer.tag(number, WireType.LengthDelimited).string(value);
  },
  read: (reader) => reader.string(),
});

export const bytes = (number: number): Field<Uint8Array> => ({
  number,
  initial: () => NO_BYTES,
  write(writer, value) {
    if (value.length > 0) writer.tag(number, WireType.LengthDelimited).bytes(value);
  },
  read: (reader) => reader.bytes(),
});

export const bool = (number: number): Field<boolean> => ({
  number,
  initial: () => false,
  write(writer, value) {
    if (value) writer.tag(number, WireType.Varint).bool(value);
  },
  read: (reader) => reader.bool(),
});

/** Also enums, and int32 that is never negative. */
export const uint32 = (number: number): Field<number> => ({
  number,
  initial: () => 0,
  write(writer, value) {
    if (value !== 0) writer.tag(number, WireType.Varint).uint32(value);
  },
  read: (reader) => reader.uint32(),
});

/** As a number: sizes and offsets stay below 2^53, and what does not is refused. */
export const uint64 = (number: number): Field<number> => ({
  number,
  initial: () => 0,
  write(writer, value) {
    if (value !== 0) writer.tag(number, WireType.Varint).uint64(value);
  },
  read(reader) {
    const value = Number(reader.uint64());
    if (!Number.isSafeInteger(value)) throw new RangeError(`${value} is too large`);
    return value;
  },
});

/** A message inside of a message; undefined when absent. */
export const nested = <T extends object>(number: number, type: Message<T>): Field<Partial<T> | undefined> => ({
  number,
  initial: () => undefined,
  write(writer, value) {
    if (value === undefined) return;
    writer.tag(number, WireType.LengthDelimited).fork();
    type.write(writer, value);
    writer.join();
  },
  read: (reader) => readNested(reader, type),
});

function readNested<T>(reader: BinaryReader, type: Message<T>): T {
  const length = reader.uint32();
  if (length > reader.len - reader.pos) throw new RangeError('a field ends beyond its message');
  return type.read(reader, reader.pos + length);
}

export const repeatedBytes = (number: number): Field<Uint8Array[]> => ({
  number,
  initial: () => [],
  write(writer, values) {
    for (const value of values) writer.tag(number, WireType.LengthDelimited).bytes(value);
  },
  read(reader, before) {
    before.push(reader.bytes());
    return before;
  },
});

/** Packed, as proto3 does it; reads the other form too. */
export const repeatedUint32 = (number: number): Field<number[]> => ({
  number,
  initial: () => [],
  write(writer, values) {
    if (values.length === 0) return;
    writer.tag(number, WireType.LengthDelimited).fork();
    for (const value of values) writer.uint32(value);
    writer.join();
  },
  read(reader, before, wireType) {
    if (wireType !== WireType.LengthDelimited) {
      before.push(reader.uint32());
      return before;
    }
    const end = reader.uint32() + reader.pos;
    while (reader.pos < end) before.push(reader.uint32());
    return before;
  },
});

export const repeated = <T extends object>(number: number, type: Message<T>): Field<T[]> => ({
  number,
  initial: () => [],
  write(writer, values) {
    for (const value of values) {
      writer.tag(number, WireType.LengthDelimited).fork();
      type.write(writer, value);
      writer.join();
    }
  },
  read(reader, before) {
    before.push(readNested(reader, type));
    return before;
  },
});
