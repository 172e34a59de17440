/**
 * Intents: what a primary is about to make of refs on a remote, durable before the first byte of the swap leaves. After
 * a crash they tell what may have happened without us knowing. The values they speak of are held by datasets of their
 * own, so that no garbage collection takes them meanwhile.
 */
import { type Address, parseAddress } from '../base/address.ts';
import type { NodeStore } from '../prolly/node-store.ts';
import { documentRef, readDocument, writeDocument } from '../repo/internal-document.ts';
import type { RefName, Refs } from '../repo/refs.ts';

export interface Intent {
  readonly remote: string;
  /** Names the push in the receipt that it leaves on the remote (receipts.ts). */
  readonly push: string;
  readonly ref: RefName;
  /** Local value before; undefined: the ref is created. */
  readonly old: Address | undefined;
  /** Local value then; undefined: it is deleted. */
  readonly new: Address | undefined;
  /** What the remote was known to have (push-decision.ts). */
  readonly base: Address | undefined;
  readonly forced: boolean;
  /**
   * The local ref stands on the new value already: a change that was acknowledged before its push. The intent then only
   * says what the remote may have been made to hold; else local refs follow once the remote has it.
   */
  readonly isQueued: boolean;
}

const DOCUMENT = 'replication/intents';
const HELD = 'replication/held/';

interface Stored {
  readonly remote: string;
  readonly push: string;
  readonly ref: string;
  readonly old: string | null;
  readonly new: string | null;
  readonly base: string | null;
  readonly forced: boolean;
  readonly queued?: boolean;
}

export function readIntents(nodes: NodeStore, refs: Refs): readonly Intent[] {
  const stored = (readDocument(nodes, refs, DOCUMENT) ?? []) as readonly Stored[];
  const address = (text: string | null): Address | undefined => (text === null ? undefined : parseAddress(text));
  return stored.map(({ remote, push, ref, forced, queued, ...values }) => ({
    ...{ remote, push, ref, forced },
    old: address(values.old),
    new: address(values.new),
    base: address(values.base),
    isQueued: queued === true,
  }));
}

/** The edits that replace all intents by `intents`, for a record of the repository. */
export function intentEdits(
  nodes: NodeStore,
  refs: Refs,
  intents: readonly Intent[],
): Map<RefName, Address | undefined> {
  const edits = new Map<RefName, Address | undefined>();
  for (const [ref] of refs.entries(documentRef(HELD))) edits.set(ref, undefined);
  if (intents.length === 0) {
    if (refs.get(documentRef(DOCUMENT)) !== undefined) edits.set(documentRef(DOCUMENT), undefined);
    return edits;
  }
  for (const { new: value } of intents) if (value !== undefined) edits.set(documentRef(HELD + value), value);
  const stored = intents.map(
    ({ remote, push, ref, old, new: next, base, forced, isQueued }): Stored => ({
      ...{ remote, push, ref, old: old ?? null, new: next ?? null, base: base ?? null, forced },
      ...(isQueued ? { queued: true } : {}),
    }),
  );
  edits.set(documentRef(DOCUMENT), writeDocument(nodes, stored));
  return edits;
}
