/**
 * Three-way merge of maps, driven by the two differences from the base: what only one side changed is taken, what both
 * changed alike is kept, and only for the rest is the resolver asked. The cost follows the changes.
 */
import { type Change, diff, sameEntry } from './diff.ts';
import { MutableMap } from './mutable-map.ts';
import type { Entry, TreeMap } from './tree-map.ts';

/** A key that both sides changed differently. At most one of `left` and `right` is undefined (removed there). */
export interface Clash {
  readonly base: Entry | undefined;
  readonly left: Entry | undefined;
  readonly right: Entry | undefined;
}

/** `left` keeps the left side, `right` takes the right side's entry, `remove` drops the key, bytes are the merged value. */
export type Resolution = 'left' | 'right' | 'remove' | Uint8Array;

/** A key that a side changed: what it was in the base and what it is on either side. */
export interface SideBySide {
  readonly base: Entry | undefined;
  readonly left: Entry | undefined;
  readonly right: Entry | undefined;
  readonly leftChanged: boolean;
  readonly rightChanged: boolean;
}

/** Every key that either side changed, in key order. */
export function* threeWayDiff(base: TreeMap, left: TreeMap, right: TreeMap): Generator<SideBySide, void, void> {
  const { compare } = base.format;
  const leftDiff = diff(base, left);
  const rightDiff = diff(base, right);
  let l = next(leftDiff);
  let r = next(rightDiff);
  while (l !== undefined || r !== undefined) {
    const order = l === undefined ? 1 : r === undefined ? -1 : compareEntries(compare, keyEntry(l), keyEntry(r));
    if (order < 0) {
      const { from, to } = l!;
      yield { base: from, left: to, right: from, leftChanged: true, rightChanged: false };
    } else if (order > 0) {
      const { from, to } = r!;
      yield { base: from, left: from, right: to, leftChanged: false, rightChanged: true };
    } else yield { base: l!.from, left: l!.to, right: r!.to, leftChanged: true, rightChanged: true };
    if (order <= 0) l = next(leftDiff);
    if (order >= 0) r = next(rightDiff);
  }
}

function next(changes: Generator<Change, void, void>): Change | undefined {
  const result = changes.next();
  return result.done === true ? undefined : result.value;
}

function keyEntry(change: Change): Entry {
  return change.from ?? change.to;
}

/** By their keys. */
export function compareEntries(compare: TreeMap['format']['compare'], a: Entry, b: Entry): number {
  return compare(
    a.node.bytes,
    a.node.keyStart(a.index),
    a.node.keyEnd(a.index),
    b.node.bytes,
    b.node.keyStart(b.index),
    b.node.keyEnd(b.index),
  );
}

/** Whether both sides have the same outcome. */
export function isConvergent(left: Entry | undefined, right: Entry | undefined): boolean {
  if (left === undefined || right === undefined) return left === right;
  return sameEntry(left.node, left.index, right.node, right.index);
}

/** The merged map. */
export function mergeMaps(
  base: TreeMap,
  left: TreeMap,
  right: TreeMap,
  resolve: (clash: Clash) => Resolution,
): TreeMap {
  if (base.equals(right) || left.equals(right)) return left;
  const merged = new MutableMap(left);
  for (const { base: from, left: mine, right: theirs, leftChanged, rightChanged } of threeWayDiff(base, left, right)) {
    if (!rightChanged) continue;
    if (!leftChanged) {
      if (theirs === undefined) removeEntry(merged, from!);
      else putEntry(merged, theirs);
      continue;
    }
    if (isConvergent(mine, theirs)) continue;
    const resolution = resolve({ base: from, left: mine, right: theirs });
    if (resolution === 'left') continue;
    const keyed = mine ?? theirs ?? from!;
    if (resolution === 'remove') removeEntry(merged, keyed);
    else if (resolution === 'right') {
      if (theirs === undefined) removeEntry(merged, keyed);
      else putEntry(merged, theirs);
    } else {
      const { node, index } = keyed;
      merged.put(node.bytes, node.keyStart(index), node.keyEnd(index), resolution, 0, resolution.length);
    }
  }
  return merged.flush();
}

/** Copies an entry into a map. */
export function putEntry(map: MutableMap, { node, index }: Entry): void {
  map.put(
    node.bytes,
    node.keyStart(index),
    node.keyEnd(index),
    node.bytes,
    node.valueStart(index),
    node.valueEnd(index),
  );
}

/** Removes the entry with the key of `entry`. */
function removeEntry(map: MutableMap, { node, index }: Entry): void {
  map.delete(node.bytes, node.keyStart(index), node.keyEnd(index));
}
