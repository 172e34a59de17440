/**
 * What merges left open in a table: rows in conflict and rows that violate constraints. They are entries of the table's
 * artifacts map, whose keys end with the kind of the artifact.
 */
import { EMPTY_ADDRESS } from '../base/address.ts';
import type { TreeFormat } from '../prolly/tree-format.ts';
import { TreeMap } from '../prolly/tree-map.ts';
import type { Table } from '../table/table.ts';
import { compareRanges } from '../tuple/range.ts';
import type { RootValue } from './root-value.ts';

export const ArtifactKind = { conflict: 1, foreignKey: 2, unique: 3, check: 4, notNull: 5 } as const;

/** Enough to read the map from its start; keys are never looked up here. */
const SCAN_FORMAT: TreeFormat = { kind: 'artifacts', compare: compareRanges };

export interface ArtifactCounts {
  readonly conflicts: number;
  readonly violations: number;
}

export function countArtifacts(table: Table): ArtifactCounts {
  let [conflicts, violations] = [0, 0];
  if (table.artifacts !== EMPTY_ADDRESS) {
    for (const { node, from, to } of TreeMap.open(table.store, SCAN_FORMAT, table.artifacts).scan()) {
      for (let i = from; i < to; i++) {
        if (kindOfKey(node.bytes, node.keyEnd(i)) === ArtifactKind.conflict) conflicts++;
        else violations++;
      }
    }
  }
  return { conflicts, violations };
}

/** The last field of the key is the kind, one byte; behind it stand the offsets of all fields but the first, and their count. */
function kindOfKey(bytes: Uint8Array, keyEnd: number): number {
  const fields = bytes[keyEnd - 2]! | (bytes[keyEnd - 1]! << 8);
  return bytes[keyEnd - 2 * fields - 1]!;
}

export function tablesWithConflicts(root: RootValue): string[] {
  return root.tableNames().filter((name) => countArtifacts(root.table(name)!).conflicts > 0);
}

export function tablesWithViolations(root: RootValue): string[] {
  return root.tableNames().filter((name) => countArtifacts(root.table(name)!).violations > 0);
}
