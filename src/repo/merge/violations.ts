/**
 * Constraint violations as artifacts (FORMAT.md §4.1). What a violation says and the row's value are JSON inside JSON, as
 * Go's encoder writes it; a hash of what it says is part of the artifact's key, so that a row may violate several.
 */
import type { Address } from '../../base/address.ts';
import { writeXxh3Of128, xxh3Low32 } from '../../prolly/xxh3.ts';
import type { Table } from '../../table/table.ts';
import { ArtifactKind, ArtifactsEditor, artifactsOf, conflictMeta } from '../artifacts.ts';

/** What a violation says: members in the order in which they are stored. */
export type ViolationInfo = Readonly<Record<string, string | readonly string[]>>;

/** The seed of the last four bytes of the hash: 2^64 over the golden ratio. */
const SEED_LOW = 0x7f4a7c15 | 0;
const SEED_HIGH = 0x9e3779b9 | 0;

/** Records conflicts and violations of one table's rows. */
export class ArtifactRecorder {
  readonly #table: Table;
  readonly #editor: ArtifactsEditor;
  readonly #theirs: Address;
  readonly #base: Address;
  /** Violations that the table had before, by row, kind and content. */
  #earlier: Map<string, Uint8Array[]> | undefined;
  #isEdited = false;

  constructor(table: Table, theirs: Address, base: Address) {
    this.#table = table;
    this.#editor = new ArtifactsEditor(table);
    this.#theirs = theirs;
    this.#base = base;
  }

  conflict(rowKey: Uint8Array): void {
    this.#isEdited = true;
    this.#editor.add({ kind: ArtifactKind.conflict, rowKey, theirs: this.#theirs, meta: conflictMeta(this.#base) });
  }

  /** Records a violation; the same one of an earlier merge is replaced. */
  violation(kind: ArtifactKind, rowKey: Uint8Array, value: Uint8Array, info: ViolationInfo): void {
    this.#isEdited = true;
    const said = Buffer.from(goJson(info), 'utf8');
    const meta = `{"v_info":"${said.toString('base64')}","value":"${Buffer.from(value).toString('base64')}"}`;
    for (const key of this.#before().get(identity(kind, rowKey, meta)) ?? []) this.#editor.remove(key);
    this.#editor.add({ kind, rowKey, theirs: this.#theirs, meta, detail: infoHash(said) });
  }

  #before(): Map<string, Uint8Array[]> {
    if (this.#earlier === undefined) {
      this.#earlier = new Map();
      for (const { kind, rowKey, meta, key } of artifactsOf(this.#table)) {
        const name = identity(kind, rowKey, meta);
        this.#earlier.set(name, [...(this.#earlier.get(name) ?? []), key]);
      }
    }
    return this.#earlier;
  }

  /** The address of the table's artifacts with what was recorded. */
  finish(): Address {
    return this.#isEdited ? this.#editor.finish() : this.#table.artifacts;
  }
}

function identity(kind: ArtifactKind, rowKey: Uint8Array, meta: string): string {
  return `${kind} ${Buffer.from(rowKey).toString('latin1')} ${meta}`;
}

/** 128 bits with the high half first, then 32 bits of a second hash. */
function infoHash(said: Uint8Array): Uint8Array {
  const hash = new Uint8Array(20);
  writeXxh3Of128(said, 0, said.length, hash, 0);
  hash.subarray(0, 16).reverse();
  const last = xxh3Low32(said, 0, said.length, SEED_LOW, SEED_HIGH);
  new DataView(hash.buffer).setUint32(16, last);
  return hash;
}

/** JSON as Go writes it: `<`, `>`, `&` and the two line separators are escaped. */
function goJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
