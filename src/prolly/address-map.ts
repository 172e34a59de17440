/** An immutable map from names to addresses, names in byte order: refs, tables of a root, indexes of a table. */
import type { Address } from '../base/address.ts';
import { type AddressEdit, applyAddressEdits } from './apply-edits.ts';
import { diff } from './diff.ts';
import type { Node } from './node.ts';
import type { NodeStore } from './node-store.ts';
import { ADDRESS_MAP_FORMAT } from './tree-format.ts';
import { TreeMap } from './tree-map.ts';

/** Names that a map remembers: statements ask for the same few again and again. */
const MOST_REMEMBERED = 64;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

const nameAt = (node: Node, index: number): string =>
  decoder.decode(node.bytes.subarray(node.keyStart(index), node.keyEnd(index)));

export class AddressMap {
  readonly tree: TreeMap;
  /** What was asked for. */
  readonly #remembered = new Map<string, Address | undefined>();

  constructor(tree: TreeMap) {
    this.tree = tree;
  }

  static empty(store: NodeStore): AddressMap {
    return new AddressMap(TreeMap.empty(store, ADDRESS_MAP_FORMAT));
  }

  static open(store: NodeStore, address: Address): AddressMap {
    return new AddressMap(TreeMap.open(store, ADDRESS_MAP_FORMAT, address));
  }

  /** From the bytes of a root that is embedded in another message. */
  static fromBytes(store: NodeStore, bytes: Uint8Array): AddressMap {
    return new AddressMap(TreeMap.fromBytes(store, ADDRESS_MAP_FORMAT, bytes));
  }

  /** The root's bytes, to be embedded. */
  get bytes(): Uint8Array {
    return this.tree.root.bytes;
  }

  /** The root's address; puts the root's chunk into the store the first time. */
  get address(): Address {
    return this.tree.address;
  }

  get count(): number {
    return this.tree.count;
  }

  get(name: string): Address | undefined {
    const known = this.#remembered.get(name);
    if (known !== undefined || this.#remembered.has(name)) return known;
    const entry = this.tree.get(encoder.encode(name));
    const address = entry?.node.childAddress(entry.index);
    if (this.#remembered.size === MOST_REMEMBERED) this.#remembered.clear();
    this.#remembered.set(name, address);
    return address;
  }

  /** Names that start with `prefix`, with their addresses, in byte order of the names. */
  *entries(prefix = ''): Generator<readonly [string, Address], void, void> {
    const range = prefix === '' ? {} : { low: { key: encoder.encode(prefix), inclusive: true } };
    for (const { node, from, to } of this.tree.scan(range)) {
      for (let i = from; i < to; i++) {
        const name = nameAt(node, i);
        if (!name.startsWith(prefix)) return;
        yield [name, node.childAddress(i)];
      }
    }
  }

  /** Names that `before` lacks or has with another address, in byte order. */
  *changedSince(before: AddressMap): Generator<string, void, void> {
    for (const { to } of diff(before.tree, this.tree)) if (to !== undefined) yield nameAt(to.node, to.index);
  }

  /** The map with addresses set, or with names removed where undefined. */
  edit(edits: Iterable<readonly [string, Address | undefined]>): AddressMap {
    const sorted: AddressEdit[] = [];
    for (const [name, address] of new Map(edits)) sorted.push({ key: encoder.encode(name), address, count: 1 });
    if (sorted.length > 1) sorted.sort((a, b) => Buffer.compare(a.key, b.key));
    const tree = applyAddressEdits(this.tree, sorted);
    return tree === this.tree ? this : new AddressMap(tree);
  }
}
