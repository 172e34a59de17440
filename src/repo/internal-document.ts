/**
 * Small documents that travel with the heads: a dataset below `refs/internal/` whose value is a commit without parents over a
 * root, mostly an empty one, with the document as JSON in its message. Commits are what survives everything that Dolt does to
 * a store (FORMAT.md §2.7); living beside the heads, a document changes in the same durable record as they do.
 */
import type { Address } from '../base/address.ts';
import { DoltError } from '../base/errors.ts';
import type { NodeStore } from '../prolly/node-store.ts';
import { readCommit, writeCommit } from './commit.ts';
import { INTERNAL, type RefName, type Refs } from './refs.ts';
import { RootValue } from './root-value.ts';

const AUTHOR = { name: 'dolt-ts', email: '' };

/** The full name of the dataset. */
export const documentRef = (name: string): RefName => INTERNAL + name;

/** The document's JSON value, or undefined when there is none. Throws `corrupt` when it is no JSON. */
export function readDocument(nodes: NodeStore, refs: Pick<Refs, 'get'>, name: string): unknown {
  const address = refs.get(documentRef(name));
  if (address === undefined) return undefined;
  const { message } = readCommit(nodes, address);
  try {
    return JSON.parse(message);
  } catch (cause) {
    throw new DoltError('corrupt', `${documentRef(name)} does not hold a JSON document`, { cause });
  }
}

/**
 * Puts a document into the store and returns its address; equal documents have equal addresses. A root that it means is kept
 * as long as the document is, by garbage collection of the original too.
 */
export function writeDocument(nodes: NodeStore, value: unknown, root = RootValue.empty(nodes).address): Address {
  const message = JSON.stringify(value);
  return writeCommit(nodes, root, [], { author: AUTHOR, committer: AUTHOR, authorDate: 0, committerDate: 0, message });
}
