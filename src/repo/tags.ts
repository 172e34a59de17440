/** Tags: a name for a commit, with who tagged it, when and why (FORMAT.md §3.5). */
import type { Address } from '../base/address.ts';
import type { NodeStore } from '../prolly/node-store.ts';
import { readTag as readMessage, writeTag as writeMessage } from '../serial/tag.ts';
import type { Identity } from './identity.ts';
import { type Refs, TAGS } from './refs.ts';

/** What is stored: the tag's own name is that of its ref. */
export interface TagValue {
  readonly commit: Address;
  readonly tagger: Identity;
  readonly message: string;
  /** Milliseconds since 1970 UTC. */
  readonly date: number;
  /** Milliseconds since 1970 UTC, as the tagger would have it. */
  readonly taggerDate: number;
}

export interface Tag extends TagValue {
  readonly name: string;
}

export function readTag(nodes: NodeStore, address: Address): TagValue {
  const stored = readMessage(nodes.readMessage(address));
  return {
    commit: stored.commit,
    tagger: { name: stored.name, email: stored.email },
    message: stored.description,
    date: stored.timestampMillis,
    taggerDate: stored.userTimestampMillis,
  };
}

/** Puts a tag's value into the store (no ref moves). */
export function writeTag(nodes: NodeStore, tag: TagValue): Address {
  return nodes.write(
    writeMessage({
      commit: tag.commit,
      name: tag.tagger.name.trim(),
      email: tag.tagger.email.trim(),
      description: tag.message.trim(),
      timestampMillis: tag.date,
      userTimestampMillis: tag.taggerDate,
    }),
  );
}

/** All tags, in order of their names. */
export function listTags(nodes: NodeStore, refs: Refs): Tag[] {
  return Array.from(refs.entries(TAGS), ([ref, address]) => ({
    ...readTag(nodes, address),
    name: ref.slice(TAGS.length),
  }));
}
