/**
 * JSON trees: documents of columns with the encoding 24, which older versions made (FORMAT.md §4.5). Leaves are blobs
 * that end at JSON locations, above them are address maps with those locations as keys; the text is the leaves in order.
 * Where a leaf ends depends on its size and its last location alone, so equal documents make equal trees.
 */
import type { Address } from '../base/address.ts';
import { writeBlobLeaf } from '../serial/blob-node.ts';
import { END_OF_DOCUMENT, JsonLocations } from './json-locations.ts';
import type { NodeStore } from './node-store.ts';
import { Splitter } from './splitter.ts';
import { Levels } from './tree-builder.ts';
import { ADDRESS_MAP_FORMAT } from './tree-format.ts';

/** Writes the tree of a stored JSON text; the address of its root, which is the only leaf of a short document. */
export function writeJsonTree(store: NodeStore, text: Uint8Array): Address {
  const levels = new Levels(store, ADDRESS_MAP_FORMAT, 1);
  const locations = new JsonLocations(text);
  const splitter = new Splitter(0);
  let start = 0;
  const write = (end: number, key: Uint8Array): Address => {
    const leaf = store.write(writeBlobLeaf(text.subarray(start, end)));
    levels.bottom.appendChild(key, 0, key.length, leaf, 1);
    start = end;
    return leaf;
  };
  while (locations.advance()) {
    const { key, offset } = locations;
    // Unlike in other trees, the whole leaf so far is taken for one pair.
    splitter.reset();
    if (splitter.endsAfter(key, 0, key.length, offset - start)) write(offset, key);
  }
  const isSingle = start === 0;
  const last = write(text.length, END_OF_DOCUMENT);
  if (isSingle) return last;
  return store.write(levels.finish().bytes);
}
