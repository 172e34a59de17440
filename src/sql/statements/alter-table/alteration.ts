/** A table on its way through the actions of one statement, beside the root that it is in. */
import type { RootValue } from '../../../repo/root-value.ts';
import type { Steps } from '../../../repo/steps.ts';
import type { DuplicateKeyError } from '../../../table/duplicate-key-error.ts';
import { fullTextIndexes } from '../../../table/full-text/full-text-tables.ts';
import type { ColumnDefinition, TableSchema } from '../../../table/schema.ts';
import type { Table } from '../../../table/table.ts';
import { collationById } from '../../../tuple/collation.ts';
import type { Integer } from '../../../tuple/value.ts';
import { storedType } from '../../catalog/table-columns.ts';
import type { DatabaseHandle } from '../../session/database-handle.ts';
import { formatValue } from '../../types/format.ts';
import { duplicateKey, notSupported, type SqlError, unknownColumn } from '../../types/sql-error.ts';
import { type CollationName, DEFAULT_COLLATION } from '../../types/sql-type.ts';
import { restartedCounter, sharedCounter } from '../auto-increment.ts';
import { resolveForeignKeys } from '../foreign-key-definitions.ts';
import { type FullTextChange, noTemporaryFullText, sameWords, withFullTextTables } from '../full-text-indexes.ts';
import type { StatementScene } from '../scene.ts';
import { type Row, rebuildTable, withSchema } from '../table-rebuild.ts';
import type { TargetTable } from '../target-table.ts';
import { changedInPlace } from './altered-schema.ts';

export class Alteration {
  readonly target: TargetTable;
  readonly scene: StatementScene;
  readonly #handle: DatabaseHandle;
  /** With what has been done so far, unless the table is temporary. */
  root: RootValue;
  name: string;
  table: Table;
  /** What it means for full-text indexes, as far as columns and keys do not say. */
  fullText: FullTextChange = 'none';
  /** It counts from where the statement says. */
  setsCounter = false;
  /** The counter of a table that was rewritten. */
  #restarted: Integer | undefined;

  constructor(target: TargetTable, scene: StatementScene) {
    this.target = target;
    this.scene = scene;
    this.#handle = target.handle;
    this.root = scene.session.root(target.handle);
    this.name = target.name;
    this.table = target.table;
  }

  get schema(): TableSchema {
    return this.table.schema;
  }

  get collation(): CollationName {
    return collationById(this.schema.collation)?.name ?? DEFAULT_COLLATION;
  }

  /** The table as an action leaves it. */
  set(table: Table): void {
    this.table = table;
    if (!this.target.temporary) this.root = this.root.withTable(this.name, table);
  }

  /** Hands what was done to the session. */
  *store(): Steps<void> {
    const { session } = this.scene;
    if (this.target.temporary) {
      if (fullTextIndexes(this.schema).length > 0) throw noTemporaryFullText();
      session.temporaryTables.set(this.#handle.database.name, this.name, this.table);
      return;
    }
    const { autoIncrement } = session.engine;
    const { database } = this.#handle;
    if (!this.#keepsCounter()) autoIncrement.reset(database, this.name);
    else if (this.#restarted !== undefined) autoIncrement.restart(database, this.name, this.#restarted);
    else sharedCounter(this.target, this.scene);
    const isChanged = this.fullText === 'none' && !sameWords(this.target.table.schema, this.schema);
    const change = isChanged ? 'changed' : this.fullText;
    this.root = yield* withFullTextTables(this.root, this.headRoot(), this.name, this.scene, change);
    session.setRoot(this.#handle, resolveForeignKeys(this.root));
  }

  /** The shared counter goes on when the table still counts the same: it may be past what the table stores. */
  #keepsCounter(): boolean {
    const counted = (table: Table): string | undefined => table.schema.columns.find((c) => c.autoIncrement)?.name;
    const { name, table } = this.target;
    const before = counted(table);
    return !this.setsCounter && name === this.name && before !== undefined && before === counted(this.table);
  }

  /** The client's error for a key that two rows share now. */
  duplicate(error: DuplicateKeyError): SqlError {
    const columns =
      error.index === 'PRIMARY' ? this.schema.primaryKey : (this.schema.index(error.index)?.columns ?? []);
    const entry = error.key.map((value, i) => {
      const column = this.schema.columns[columns[i] ?? -1];
      if (value === null) return 'NULL';
      return column === undefined ? String(value) : formatValue(value, storedType(column.sqlType));
    });
    return duplicateKey(entry.join('-'), `${this.name}.${error.index}`);
  }

  assertNotTemporary(): void {
    if (this.target.temporary) throw notSupported('foreign keys of temporary tables');
  }

  /** Throws for a column that is not there. */
  position(name: string): number {
    const at = this.schema.columnPosition(name);
    if (at < 0) throw unknownColumn(name, this.name);
    return at;
  }

  replaceColumn(at: number, parts: Partial<ColumnDefinition>): void {
    const columns = this.schema.columns.map((column, i) => (i === at ? { ...column, ...parts } : column));
    this.set(withSchema(this.table, changedInPlace(this.schema.with({ columns }))));
  }

  /** All rows in the shape of `schema`. */
  *rebuilt(schema: TableSchema, convert: (row: Row) => Row): Steps<Table> {
    this.fullText = 'rewritten';
    const table = yield* rebuildTable(this.table, this.name, schema, this.scene, convert);
    return this.counted(table);
  }

  /** Rows in another shape where the original leaves them as they are: the counter does not move. */
  *reshaped(schema: TableSchema, convert: (row: Row) => Row): Steps<Table> {
    const table = yield* rebuildTable(this.table, this.name, schema, this.scene, convert);
    return table.with({ autoIncrement: this.table.autoIncrement });
  }

  counted(table: Table): Table {
    const counts = table.schema.columns.some(({ autoIncrement }) => autoIncrement);
    if (!counts || this.target.temporary) return table;
    const next = restartedCounter(this.target, this.scene);
    this.#restarted = next;
    if (table.rows.count === 0) return table;
    return next > 1 && next > table.autoIncrement ? table.with({ autoIncrement: next }) : table;
  }

  headRoot(): RootValue {
    return this.target.temporary ? this.root : this.scene.session.view(this.#handle).headRoot();
  }
}
