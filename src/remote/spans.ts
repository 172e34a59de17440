/**
 * Chunks as bytes of files elsewhere: their spans, joined to few requests, and from what arrives the chunks, each checked
 * against its address. What a hub and an object store have in common.
 */
import { type Address, addressOf } from '../base/address.ts';
import { DoltError } from '../base/errors.ts';
import { decodeRecord } from '../chunks/record.ts';
import { type ZstdDecoder, zstdDecoder } from '../chunks/zstd.ts';

export interface Span {
  readonly offset: number;
  readonly length: number;
}

/** A chunk's place within one file: a snappy record, or, with a dictionary of the same file, a zstd frame. */
export interface ChunkSpan extends Span {
  readonly address: Address;
  readonly dictionary?: Span | undefined;
}

/** One request, and the spans that it brings, in the order of the file. */
export interface SpanGroup<T extends Span> extends Span {
  readonly spans: readonly T[];
}

/** Bytes between two spans that are rather read along than asked for apart: the original's figure. */
const GAP = 8 << 10;
/** A group is not made longer than this by another span. */
const MOST = 2 << 20;

/** Groups spans that lie near each other. */
export function groupSpans<T extends Span>(spans: readonly T[]): SpanGroup<T>[] {
  const groups: { offset: number; length: number; spans: T[] }[] = [];
  for (const span of spans.toSorted((a, b) => a.offset - b.offset)) {
    const end = span.offset + span.length;
    const group = groups.at(-1);
    const groupEnd = group === undefined ? 0 : group.offset + group.length;
    if (group === undefined || span.offset - groupEnd > GAP || end - group.offset > MOST) {
      groups.push({ offset: span.offset, length: span.length, spans: [span] });
    } else {
      group.spans.push(span);
      group.length = Math.max(groupEnd, end) - group.offset;
    }
  }
  return groups;
}

/** Dictionaries of one file, by their offset. */
export type Dictionaries = Map<number, ZstdDecoder>;

/** A dictionary from its span, which is a zstd frame itself. Throws `corrupt`. */
export function readDictionary(stored: Uint8Array, where: string): ZstdDecoder {
  const dictionary = zstdDecoder().decode(stored);
  if (!dictionary) throw new DoltError('corrupt', `${where}: a dictionary is damaged`);
  return zstdDecoder(dictionary);
}

/** The chunk in its stored form `stored`. Throws `corrupt`, naming `where`, when its bytes are not those of its address. */
export function chunkOf(stored: Uint8Array, span: ChunkSpan, dictionaries: Dictionaries, where: string): Uint8Array {
  const { address, dictionary } = span;
  const chunk =
    dictionary === undefined
      ? decodeRecord(stored, 0, stored.length)
      : (dictionaries.get(dictionary.offset)?.decode(stored) ?? 'not a zstd frame of its dictionary');
  if (typeof chunk === 'string') throw new DoltError('corrupt', `${where}: chunk ${address} is damaged: ${chunk}`);
  if (addressOf(chunk) !== address) {
    throw new DoltError('corrupt', `${where}: chunk ${address} is damaged: its bytes belong to another`);
  }
  return chunk;
}
