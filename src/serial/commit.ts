/** Commit (DCMT), FORMAT.md §3.3. */
import type { Address } from '../base/address.ts';
import { createAddress, createAddresses, readAddressesField, readAddressField } from './address-fields.ts';
import { FlatbufferBuilder } from './flatbuffer-builder.ts';
import { openMessage } from './flatbuffer-table.ts';

export interface CommitMessage {
  readonly root: Address;
  readonly height: number;
  readonly parents: readonly Address[];
  /** The empty address for a commit without parents. */
  readonly parentClosure: Address;
  /** The author's name, email; then the message. */
  readonly name: string;
  readonly email: string;
  readonly description: string;
  /** The committer's time, milliseconds. */
  readonly timestampMillis: number;
  /** The author's time, milliseconds; may be negative. */
  readonly userTimestampMillis: number;
  /** '' when absent. */
  readonly signature: string;
  /** '' when equal to the author's. */
  readonly committerName: string;
  readonly committerEmail: string;
}

export function readCommit(bytes: Uint8Array): CommitMessage {
  const table = openMessage(bytes, 'DCMT', 12);
  return {
    root: readAddressField(table, 0),
    height: table.safeUint64(1),
    parents: readAddressesField(table, 2),
    parentClosure: readAddressField(table, 3),
    name: table.string(4),
    email: table.string(5),
    description: table.string(6),
    timestampMillis: table.safeUint64(7),
    userTimestampMillis: Number(table.int64(8)),
    signature: table.string(9),
    committerName: table.string(10),
    committerEmail: table.string(11),
  };
}

export function writeCommit(commit: CommitMessage): Uint8Array {
  const builder = new FlatbufferBuilder();
  const optional = (text: string) => (text === '' ? 0 : builder.string(text));
  const root = createAddress(builder, commit.root);
  const parents = createAddresses(builder, commit.parents);
  const closure = createAddress(builder, commit.parentClosure);
  const name = builder.string(commit.name);
  const email = builder.string(commit.email);
  const description = builder.string(commit.description);
  const signature = optional(commit.signature);
  const committerName = optional(commit.committerName);
  const committerEmail = optional(commit.committerEmail);
  builder.startTable(12);
  builder.addOffset(0, root);
  builder.addInt64(1, commit.height);
  builder.addOffset(2, parents);
  builder.addOffset(3, closure);
  builder.addOffset(4, name);
  builder.addOffset(5, email);
  builder.addOffset(6, description);
  builder.addInt64(7, commit.timestampMillis);
  builder.addInt64(8, commit.userTimestampMillis);
  builder.addOffset(9, signature);
  builder.addOffset(10, committerName);
  builder.addOffset(11, committerEmail);
  return builder.finish(builder.endTable(), 'DCMT');
}
