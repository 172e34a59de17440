/** Stash (STSH): changes put aside. */
import type { Address } from '../base/address.ts';
import { createAddress, readAddressField } from './address-fields.ts';
import { FlatbufferBuilder } from './flatbuffer-builder.ts';
import { openMessage } from './flatbuffer-table.ts';

export interface StashMessage {
  /** The root value that was put aside. */
  readonly root: Address;
  readonly headCommit: Address;
  readonly branch: string;
  readonly description: string;
  /** Tables that were added and staged; undefined is another message than none. */
  readonly tablesToStage?: readonly string[] | undefined;
}

export function readStash(bytes: Uint8Array): StashMessage {
  const table = openMessage(bytes, 'STSH', 5);
  return {
    root: readAddressField(table, 0),
    headCommit: readAddressField(table, 1),
    branch: table.string(2),
    description: table.string(3),
    tablesToStage: table.has(4) ? table.strings(4) : undefined,
  };
}

export function writeStash(stash: StashMessage): Uint8Array {
  const builder = new FlatbufferBuilder();
  const root = createAddress(builder, stash.root);
  const head = createAddress(builder, stash.headCommit);
  const branch = builder.string(stash.branch);
  const description = builder.string(stash.description);
  const tables = stash.tablesToStage === undefined ? 0 : builder.strings(stash.tablesToStage);
  builder.startTable(5);
  builder.addOffset(0, root);
  builder.addOffset(1, head);
  builder.addOffset(2, branch);
  builder.addOffset(3, description);
  builder.addOffset(4, tables);
  return builder.finish(builder.endTable(), 'STSH');
}
