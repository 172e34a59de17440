/** Tag (DTAG), FORMAT.md §3.5. */
import type { Address } from '../base/address.ts';
import { createAddress, readAddressField } from './address-fields.ts';
import { FlatbufferBuilder } from './flatbuffer-builder.ts';
import { openMessage } from './flatbuffer-table.ts';

export interface TagMessage {
  readonly commit: Address;
  /** The tagger. */
  readonly name: string;
  readonly email: string;
  readonly description: string;
  readonly timestampMillis: number;
  readonly userTimestampMillis: number;
}

export function readTag(bytes: Uint8Array): TagMessage {
  const table = openMessage(bytes, 'DTAG', 6);
  return {
    commit: readAddressField(table, 0),
    name: table.string(1),
    email: table.string(2),
    description: table.string(3),
    timestampMillis: table.safeUint64(4),
    userTimestampMillis: Number(table.int64(5)),
  };
}

export function writeTag(tag: TagMessage): Uint8Array {
  const builder = new FlatbufferBuilder();
  const commit = createAddress(builder, tag.commit);
  const name = builder.string(tag.name);
  const email = builder.string(tag.email);
  const description = builder.string(tag.description);
  builder.startTable(6);
  builder.addOffset(0, commit);
  builder.addOffset(1, name);
  builder.addOffset(2, email);
  builder.addOffset(3, description);
  builder.addInt64(4, tag.timestampMillis);
  builder.addInt64(5, tag.userTimestampMillis);
  return builder.finish(builder.endTable(), 'DTAG');
}
