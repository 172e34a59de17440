/**
 * Reads many records in a row: checksum and decoding by WebAssembly, over one copy of a record. What it gives stands in that
 * memory, so nothing is allocated.
 */
import { u32At } from '../base/big-endian.ts';
import { CRC_TABLES_BYTES, crcFunction, putCrcTables } from '../base/crc32c-wasm.ts';
import { instantiate, PAGE_BYTES } from '../base/wasm.ts';
import { CRC_BYTES, decodeRecord, type RecordFault } from './record.ts';
import { snappyLength } from './snappy.ts';
import { COMPILED_LIMIT, decoder } from './snappy-wasm.ts';

/** The chunk in the record `bytes[start, end)`, valid until the next call, or what is wrong with the record. */
export type RecordReader = (bytes: Uint8Array, start: number, end: number) => Uint8Array | RecordFault;

const CHUNK = COMPILED_LIMIT;
/** Behind what the decoder may write too far. */
const TABLES = 2 * COMPILED_LIMIT + PAGE_BYTES;
const PAGES = Math.ceil((TABLES + CRC_TABLES_BYTES) / PAGE_BYTES);

/** By JavaScript where there is no WebAssembly. */
export function recordReader(): RecordReader {
  const compiled = instantiate(PAGES, { decode: decoder(), crc: crcFunction(TABLES) });
  if (!compiled) return decodeRecord;
  const { memory } = compiled;
  const { decode, crc } = compiled.functions;
  putCrcTables(memory, TABLES);
  return (bytes, start, end) => {
    const crcAt = end - CRC_BYTES;
    if (crcAt <= start) return 'too short';
    const size = crcAt - start;
    const length = snappyLength(bytes, start, crcAt);
    if (length === undefined || size > COMPILED_LIMIT || length > COMPILED_LIMIT)
      return decodeRecord(bytes, start, end);
    memory.set(bytes.subarray(start, crcAt), 0);
    if (crc(0, size) >>> 0 !== u32At(bytes, crcAt)) return 'checksum does not match';
    let at = 0;
    while (memory[at]! >= 0x80) at++;
    if (decode(at + 1, size, CHUNK, CHUNK + length) === 0) return 'not a snappy block';
    return memory.subarray(CHUNK, CHUNK + length);
  };
}

/** Readers that nobody uses just now: making one takes as long as reading a hundred records. */
const idle: RecordReader[] = [];

/** A reader for as long as `use` is iterated. */
export function* withRecordReader<T>(use: (read: RecordReader) => Iterable<T>): Generator<T, void> {
  const read = idle.pop() ?? recordReader();
  yield* use(read);
  idle.push(read);
}
