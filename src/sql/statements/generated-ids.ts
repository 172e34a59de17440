/**
 * The keys that a table's rows number themselves with: AUTO_INCREMENT, whose counter all sessions share (auto-increment.ts), and
 * UUIDs (uuid-key.ts); and what a statement says of them: LAST_INSERT_ID() is the first that was generated.
 */
import type { TableEditor } from '../../table/table-editor.ts';
import type { Integer, Value } from '../../tuple/value.ts';
import { add, integerRange } from '../types/integer.ts';
import { autoIncrementExhausted } from '../types/sql-error.ts';
import { sharedCounter } from './auto-increment.ts';
import type { StatementScene } from './scene.ts';
import type { TargetTable } from './target-table.ts';
import { uuidKeyOf } from './uuid-key.ts';

export class GeneratedIds {
  readonly #target: TargetTable;
  readonly #scene: StatementScene;
  readonly #editor: TableEditor;
  readonly #autoColumn: number;
  /** The auto-increment value of the row at hand, and whether it was given. */
  #id: { readonly value: Integer; readonly explicit: boolean } | undefined;
  #firstGenerated: Integer = 0;
  #lastExplicit: Integer = 0;
  /** The position of a key of UUIDs, -1 where there is none. */
  readonly uuidKey: number;
  #firstUuid: string | undefined;

  constructor(target: TargetTable, scene: StatementScene, editor: TableEditor) {
    this.#target = target;
    this.#scene = scene;
    this.#editor = editor;
    this.#autoColumn = target.table.schema.autoColumn;
    this.uuidKey = uuidKeyOf(target.table.schema, target.columns);
  }

  /** Gives the auto-increment column of a row its value, and moves the counters past it. */
  number(row: Value[]): void {
    const column = this.#autoColumn;
    const given = row[column]!;
    const { session } = this.#scene;
    const { database } = this.#target.handle;
    const zeroIsValue = session.sqlMode.has('NO_AUTO_VALUE_ON_ZERO');
    const next = this.#nextValue();
    const explicit = given !== null && (given !== 0 || zeroIsValue);
    const value = !explicit ? next : typeof given === 'number' ? Math.floor(given) : (given as bigint);
    const { type } = this.#target.columns[column]!;
    const last = type.kind === 'integer' ? integerRange(type)[1] : Number.MAX_VALUE;
    if (!explicit && next > last) throw autoIncrementExhausted();
    if (!explicit) row[column] = value;
    this.#id = { value, explicit };
    if (value < next) return;
    // An id that is given moves the counter to the column's end at most.
    const after = explicit && value >= last ? value : add(value, 1);
    if (this.#target.temporary) this.#editor.autoIncrement = after;
    else session.engine.autoIncrement.raise(database, this.#target.name, after);
  }

  /** The row at hand is in the table: its id counts. */
  stored(): void {
    if (this.#id === undefined) return;
    const { value, explicit } = this.#id;
    if (explicit) this.#lastExplicit = value;
    else if (this.#firstGenerated === 0) this.#firstGenerated = value;
  }

  /** The UUID that was made last is a row's key: the first counts for LAST_INSERT_UUID(), also of a row that IGNORE drops. */
  uuidMade(): void {
    this.#firstUuid ??= this.#scene.session.lastUuid;
  }

  #nextValue(): Integer {
    const editor = this.#editor;
    const own = editor.autoIncrement === 0 ? 1 : editor.autoIncrement;
    if (this.#target.temporary) return own;
    const shared = sharedCounter(this.#target, this.#scene);
    if (shared > own) return shared;
    return own;
  }

  /** For a statement's answer: where none was generated, the last that was given. */
  get insertId(): Integer {
    return this.#firstGenerated !== 0 ? this.#firstGenerated : this.#lastExplicit;
  }

  /** For LAST_INSERT_ID() and LAST_INSERT_UUID(). */
  tellSession(): void {
    const { session } = this.#scene;
    if (this.#firstGenerated !== 0) session.lastInsertId = this.#firstGenerated;
    if (this.#firstUuid !== undefined) session.lastInsertUuid = this.#firstUuid;
  }
}
