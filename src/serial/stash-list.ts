/** StashList (SLST): the stashes of a repository, by position (FORMAT.md §3.2). */
import { openMessage } from './flatbuffer-table.ts';
import { writeOneVector } from './store-root.ts';

export interface StashListMessage {
  /** The root node of the address map from "0", "1", … to Stash addresses: a whole message. */
  readonly stashes: Uint8Array;
}

export function readStashList(bytes: Uint8Array): StashListMessage {
  return { stashes: openMessage(bytes, 'SLST', 1).byteVector(0) };
}

export function writeStashList({ stashes }: StashListMessage): Uint8Array {
  return writeOneVector(stashes, 'SLST');
}
