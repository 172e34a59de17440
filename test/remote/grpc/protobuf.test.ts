import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { expect, test } from 'vitest';
import {
  bool,
  bytes,
  message,
  nested,
  repeated,
  repeatedBytes,
  repeatedUint32,
  text,
  uint32,
  uint64,
} from '../../../src/remote/grpc/protobuf.ts';
import fc from '../../fast-check.ts';

const part = message({ name: text(1), size: uint64(2) });
const whole = message({
  name: text(1),
  raw: bytes(2),
  isSet: bool(3),
  count: uint32(4),
  size: uint64(5),
  part: nested(6, part),
  parts: repeated(7, part),
  hashes: repeatedBytes(8),
  numbers: repeatedUint32(14),
});

const u32 = fc.nat(0xffff_ffff);
const partArbitrary = fc.record({ name: fc.string(), size: fc.maxSafeNat() });
const wholeArbitrary = fc.record({
  name: fc.string({ unit: 'grapheme' }),
  raw: fc.uint8Array(),
  isSet: fc.boolean(),
  count: u32,
  size: fc.maxSafeNat(),
  part: fc.option(partArbitrary, { nil: undefined }),
  parts: fc.array(partArbitrary),
  hashes: fc.array(fc.uint8Array()),
  numbers: fc.array(u32),
});

test('what is encoded is decoded', () => {
  fc.assert(
    fc.property(wholeArbitrary, (value) => {
      expect(whole.decode(whole.encode(value))).toEqual(value);
    }),
  );
});

test('the bytes are those of the protocol', () => {
  const value = { name: 'a', isSet: true, size: 300, part: { name: 'b' }, numbers: [1, 300] };
  expect(Buffer.from(whole.encode(value)).toString('hex')).toBe('0a01611801' + '28ac02' + '32030a0162' + '720301ac02');
  expect(whole.encode({})).toHaveLength(0);
});

test('unknown fields are skipped, numbers may come one by one', () => {
  const writer = new BinaryWriter();
  writer.tag(99, WireType.LengthDelimited).string('of a later version').tag(98, WireType.Varint).uint32(7);
  writer.tag(14, WireType.Varint).uint32(5).tag(14, WireType.Varint).uint32(6);
  expect(whole.decode(writer.finish()).numbers).toEqual([5, 6]);
});

test('damaged bytes are refused or read as other values, in linear time', () => {
  const cut = fc.tuple(wholeArbitrary, fc.nat(), fc.nat(255));
  fc.assert(
    fc.property(cut, ([value, at, byte]) => {
      const encoded = whole.encode(value).slice();
      if (encoded.length === 0) return;
      encoded[at % encoded.length] = byte;
      try {
        whole.decode(encoded);
      } catch (error) {
        expect(error).toMatchObject({ kind: 'invalid' });
      }
    }),
  );
});

test('a message that ends inside of a field is refused', () => {
  const encoded = whole.encode({ name: 'abc', parts: [{ name: 'def', size: 5 }] });
  expect(() => whole.decode(encoded.subarray(0, 3))).toThrow(/not a message/);
  expect(() => whole.decode(encoded.subarray(0, encoded.length - 1))).toThrow(/not a message/);
  expect(() => part.decode(Uint8Array.of(0x10, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01))).toThrow(
    /too large/,
  );
});
