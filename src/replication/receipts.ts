/**
 * What a push has made of a remote, told by the remote: each swap takes along, with the refs that it moves, a receipt in a
 * ref of its own, one for each server. A server that never got the answer finds in it what landed, also when others have
 * moved those refs since: the refs alone cannot tell a branch that was never created from one that a peer has deleted.
 */
import { type Address, parseAddress } from '../base/address.ts';
import { DoltError } from '../base/errors.ts';
import type { NodeStore } from '../prolly/node-store.ts';
import type { RemoteRefs } from '../remote/remote-refs.ts';
import type { RemoteStore } from '../remote/remote-store.ts';
import { documentRef, writeDocument } from '../repo/internal-document.ts';
import type { RefEdits, RefName } from '../repo/refs.ts';
import { readRemoteDocument } from './remote-document.ts';

interface Stored {
  readonly push: string;
  readonly landed: Readonly<Record<string, string | null>>;
}

const NOTHING: RefEdits = new Map();

/** The receipts of one push: it may take several swaps, and the last one speaks for all of them. */
export class Receipts {
  readonly #remote: RemoteStore;
  readonly #ref: RefName;
  readonly #push: string;
  readonly #mayBeThere: boolean;
  /** By address. */
  readonly #sent = new Map<Address, RefEdits>();

  /** `mayBeThere`: the push was begun by a process that was killed, or whose answer never came. */
  constructor(remote: RemoteStore, server: string, push: string, mayBeThere: boolean) {
    this.#remote = remote;
    this.#ref = documentRef(`replication/pushed/${server}`);
    this.#push = push;
    this.#mayBeThere = mayBeThere;
  }

  /** Which refs the push has moved, and to what, as of what was read of the remote. */
  async landed(refs: RemoteRefs): Promise<RefEdits> {
    const at = refs.get(this.#ref);
    if (at === undefined) return NOTHING;
    const sent = this.#sent.get(at);
    if (sent !== undefined) return sent;
    return this.#mayBeThere ? this.#parse(await readRemoteDocument(this.#remote, this.#ref, at)) : NOTHING;
  }

  /** The edit that leaves a receipt of what landed before and lands now. */
  edit(nodes: NodeStore, before: RefEdits, now: RefEdits): readonly [RefName, Address] {
    const all = new Map([...before, ...now]);
    const landed = Object.fromEntries(Array.from(all, ([ref, value]) => [ref, value ?? null]));
    const at = writeDocument(nodes, { push: this.#push, landed } satisfies Stored);
    this.#sent.set(at, all);
    return [this.#ref, at];
  }

  #parse(value: unknown): RefEdits {
    const { push, landed } = (value ?? {}) as Partial<Stored>;
    if (push !== this.#push) return NOTHING;
    return new Map(Object.entries(landed ?? {}).map(([ref, text]) => [ref, this.#address(text)]));
  }

  #address(text: string | null): Address | undefined {
    const address = text === null ? undefined : parseAddress(text);
    if (text === null || address !== undefined) return address;
    throw new DoltError('corrupt', `remote ${this.#remote.url}: ${this.#ref} names no address: '${text}'`);
  }
}
