/** An immutable map from names to addresses, names in byte order: refs, tables of a root, indexes of a table. */
import type { Address } from '../base/address.ts';
import { AssertionError } from '../base/errors.ts';
import type { NodeStore } from './node-store.ts';
import type { TreeMap } from './tree-map.ts';

export class AddressMap {
  readonly tree: TreeMap;

  constructor(tree: TreeMap) {
    this.tree = tree;
  }

  static empty(_store: NodeStore): AddressMap {
    throw new AssertionError('not built');
  }

  static open(_store: NodeStore, _address: Address): AddressMap {
    throw new AssertionError('not built');
  }

  /** From the bytes of a root that is embedded in another message. */
  static fromBytes(_store: NodeStore, _bytes: Uint8Array): AddressMap {
    throw new AssertionError('not built');
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

  get(_name: string): Address | undefined {
    throw new AssertionError('not built');
  }

  /** Names that start with `prefix`, with their addresses, in byte order of the names. */
  entries(_prefix = ''): Generator<readonly [string, Address], void, void> {
    throw new AssertionError('not built');
  }

  /** The map with addresses set, or with names removed where undefined. */
  edit(_edits: Iterable<readonly [string, Address | undefined]>): AddressMap {
    throw new AssertionError('not built');
  }
}
