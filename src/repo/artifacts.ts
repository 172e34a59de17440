/**
 * What merges left open in a table: rows in conflict and rows that violate constraints. They are entries of the table's
 * artifacts map. A key is the row's own key, the address that "theirs" is (a commit, or a root), the kind, and 20 bytes
 * that tell several violations of one row apart (zeros for conflicts; maps of older versions lack them); a value is JSON.
 */
import { ADDRESS_BYTES, type Address, addressAt, addressBytes, EMPTY_ADDRESS } from '../base/address.ts';
import { MutableMap } from '../prolly/mutable-map.ts';
import type { TreeFormat } from '../prolly/tree-format.ts';
import { TreeMap } from '../prolly/tree-map.ts';
import type { TableSchema } from '../table/schema.ts';
import type { Table } from '../table/table.ts';
import { Encoding } from '../tuple/encoding.ts';
import { fieldEnd, fieldStart } from '../tuple/tuple.ts';
import { TupleDescriptor } from '../tuple/tuple-descriptor.ts';
import type { RootValue } from './root-value.ts';

export const ArtifactKind = { conflict: 1, foreignKey: 2, unique: 3, check: 4, notNull: 5 } as const;
export type ArtifactKind = (typeof ArtifactKind)[keyof typeof ArtifactKind];

export interface Artifact {
  readonly kind: ArtifactKind;
  /** The key of the row in the clustered index: a tuple. */
  readonly rowKey: Uint8Array;
  /** The commit or root that "theirs" was in the merge. */
  readonly theirs: Address;
  /** Of a conflict the commit or root that was the base; undefined for violations. */
  readonly base: Address | undefined;
  /** The stored JSON. */
  readonly meta: string;
  /** The key in the artifacts map. */
  readonly key: Uint8Array;
}

const DETAIL_BYTES = 20;

/** The order and the address fields of a table's artifacts map. */
export function artifactsFormat(schema: TableSchema): TreeFormat {
  const descriptor = new TupleDescriptor([
    // Texts are in order of their bytes here, whatever their collation.
    ...schema.keyDescriptor.fields.map((field) => ({ ...field, collation: undefined })),
    { encoding: Encoding.commitAddress, nullable: false },
    { encoding: Encoding.uint8, nullable: false },
    { encoding: Encoding.bytes, nullable: false },
  ]);
  return {
    kind: 'artifacts',
    compare: descriptor.compare,
    addressOffsets: (bytes, start, end, into) => descriptor.addressOffsets(bytes, start, end, into),
  };
}

function artifactsMap(table: Table): TreeMap {
  const format = artifactsFormat(table.schema);
  return table.artifacts === EMPTY_ADDRESS
    ? TreeMap.empty(table.store, format)
    : TreeMap.open(table.store, format, table.artifacts);
}

/** All artifacts in key order; of some kinds only, when given. */
export function* artifactsOf(table: Table, kinds?: readonly ArtifactKind[]): Generator<Artifact, void, void> {
  if (table.artifacts === EMPTY_ADDRESS) return;
  const keyFields = table.schema.keyDescriptor.fields.length;
  for (const { node, from, to } of artifactsMap(table).scan()) {
    for (let i = from; i < to; i++) {
      const { bytes } = node;
      const [start, end] = [node.keyStart(i), node.keyEnd(i)];
      const kind = bytes[fieldStart(bytes, start, end, keyFields + 1)]! as ArtifactKind;
      if (kinds && !kinds.includes(kind)) continue;
      const rowKey = tupleOf(
        Array.from({ length: keyFields }, (_, field) => {
          const at = fieldStart(bytes, start, end, field);
          return at < 0 ? undefined : bytes.subarray(at, fieldEnd(bytes, start, end, field));
        }),
      );
      const meta = jsonOf(bytes, node.valueStart(i), node.valueEnd(i));
      yield {
        kind,
        rowKey,
        theirs: addressAt(bytes, fieldStart(bytes, start, end, keyFields)),
        base: kind === ArtifactKind.conflict ? baseOf(meta) : undefined,
        meta,
        key: bytes.slice(start, end),
      };
    }
  }
}

/** The text without the zero byte behind it. */
function jsonOf(bytes: Uint8Array, start: number, end: number): string {
  const from = fieldStart(bytes, start, end, 0);
  const to = fieldEnd(bytes, start, end, 0);
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from - 1).toString('utf8');
}

/** `{"bc":[…]}`: the base's address as 20 numbers. */
function baseOf(meta: string): Address | undefined {
  const { bc } = JSON.parse(meta) as { bc?: readonly number[] };
  return Array.isArray(bc) && bc.length === ADDRESS_BYTES ? addressAt(Uint8Array.from(bc), 0) : undefined;
}

export const conflictMeta = (base: Address): string => `{"bc":[${addressBytes(base).join(',')}]}`;

export interface NewArtifact {
  readonly kind: ArtifactKind;
  readonly rowKey: Uint8Array;
  readonly theirs: Address;
  /** Canonical JSON text: `conflictMeta`, or what a violation says. */
  readonly meta: string;
  /** What tells violations of one row apart: 20 bytes; zeros when left out. */
  readonly detail?: Uint8Array;
}

/** Adds artifacts to a table and removes them. `finish` gives the address for the table. */
export class ArtifactsEditor {
  readonly #map: MutableMap;
  readonly #keyFields: number;

  constructor(table: Table) {
    this.#map = new MutableMap(artifactsMap(table));
    this.#keyFields = table.schema.keyDescriptor.fields.length;
  }

  add({ kind, rowKey, theirs, meta, detail = new Uint8Array(DETAIL_BYTES) }: NewArtifact): void {
    const end = rowKey.length;
    const fields = Array.from({ length: this.#keyFields }, (_, field) => {
      const at = fieldStart(rowKey, 0, end, field);
      return at < 0 ? undefined : rowKey.subarray(at, fieldEnd(rowKey, 0, end, field));
    });
    const key = tupleOf([...fields, addressBytes(theirs), Uint8Array.of(kind), terminated(detail)]);
    const value = tupleOf([terminated(Buffer.from(meta, 'utf8'))]);
    this.#map.put(key, 0, key.length, value, 0, value.length);
  }

  /** `key`: an artifact's key in the map. */
  remove(key: Uint8Array): void {
    this.#map.delete(key);
  }

  /** The map's address; EMPTY_ADDRESS when nothing is left. */
  finish(): Address {
    const map = this.#map.flush();
    return map.count === 0 ? EMPTY_ADDRESS : map.address;
  }
}

function terminated(bytes: Uint8Array): Uint8Array {
  const result = new Uint8Array(bytes.length + 1);
  result.set(bytes);
  return result;
}

/** A tuple of encoded fields (FORMAT.md §5.1): their bytes, the offsets of all but the first, their count. */
function tupleOf(fields: readonly (Uint8Array | undefined)[]): Uint8Array {
  let count = fields.length;
  while (count > 0 && fields[count - 1] === undefined) count--;
  const length = fields.reduce((sum, field) => sum + (field?.length ?? 0), 0);
  const tuple = Buffer.alloc(length + 2 * Math.max(1, count));
  let at = 0;
  for (let i = 0; i < count; i++) {
    if (i > 0) tuple.writeUInt16LE(at, length + 2 * (i - 1));
    const field = fields[i];
    if (field) tuple.set(field, at);
    at += field?.length ?? 0;
  }
  tuple.writeUInt16LE(count, tuple.length - 2);
  return tuple;
}

export interface ArtifactCounts {
  readonly conflicts: number;
  readonly violations: number;
}

export function countArtifacts(table: Table): ArtifactCounts {
  let [conflicts, violations] = [0, 0];
  for (const { kind } of artifactsOf(table)) {
    if (kind === ArtifactKind.conflict) conflicts++;
    else violations++;
  }
  return { conflicts, violations };
}

const VIOLATIONS: readonly ArtifactKind[] = [
  ArtifactKind.foreignKey,
  ArtifactKind.unique,
  ArtifactKind.check,
  ArtifactKind.notNull,
];

export function tablesWithConflicts(root: RootValue): string[] {
  return tablesWith(root, [ArtifactKind.conflict]);
}

export function tablesWithViolations(root: RootValue): string[] {
  return tablesWith(root, VIOLATIONS);
}

function tablesWith(root: RootValue, kinds: readonly ArtifactKind[]): string[] {
  return root.tableNames().filter((name) => !artifactsOf(root.table(name)!, kinds).next().done);
}
