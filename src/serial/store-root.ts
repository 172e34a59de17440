/** StoreRoot (STRT): the root of a store, which holds its refs (FORMAT.md §3.2). */
import { FlatbufferBuilder } from './flatbuffer-builder.ts';
import { openMessage } from './flatbuffer-table.ts';

export const STORE_ROOT = 'STRT';

export interface StoreRootMessage {
  /** The root node of the address map from dataset names to addresses: a whole message. */
  readonly refs: Uint8Array;
}

export function readStoreRoot(bytes: Uint8Array): StoreRootMessage {
  return { refs: openMessage(bytes, STORE_ROOT, 1).byteVector(0) };
}

export function writeStoreRoot({ refs }: StoreRootMessage): Uint8Array {
  return writeOneVector(refs, STORE_ROOT);
}

/** A message whose one field is a byte vector. */
export function writeOneVector(payload: Uint8Array, fileId: string): Uint8Array {
  const builder = new FlatbufferBuilder(payload.length + 64);
  const vector = builder.bytes(payload);
  builder.startTable(1);
  builder.addOffset(0, vector);
  return builder.finish(builder.endTable(), fileId);
}
