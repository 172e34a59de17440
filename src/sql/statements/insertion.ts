/**
 * What a statement that adds rows (INSERT, REPLACE, LOAD DATA) does with each: brings the values into the table's columns,
 * gives it its defaults and its auto-increment value, and hands it to the table's writer; and counts.
 */
import type { Steps } from '../../repo/steps.ts';
import type { Value } from '../../tuple/value.ts';
import type { RowColumn } from '../bind/bind-query.ts';
import type { SourceColumn } from '../catalog/catalog.ts';
import { ok, type StatementResult } from '../session/statement-result.ts';
import type { InsertStatement } from '../syntax/ast/row-statements.ts';
import type { Convert, ConvertScene } from '../types/convert.ts';
import {
  columnNotNull,
  columnSpecifiedTwice,
  generatedColumnValue,
  noDefault,
  SqlError,
  unknownColumn,
} from '../types/sql-error.ts';
import { DuplicateUpdate } from './duplicate-update.ts';
import { ForeignKeyChanges } from './foreign-key-changes.ts';
import { GeneratedIds } from './generated-ids.ts';
import { implicitDefault, isStrict } from './implicit-default.ts';
import { Returning } from './returning.ts';
import type { TableTriggers } from './routines/table-triggers.ts';
import type { MakeValue } from './row-expressions.ts';
import { hasTriggers, rowTriggers, type TriggerEvent } from './row-triggers.ts';
import type { StatementScene } from './scene.ts';
import { type Row, sameRow, TableWriter } from './table-writer.ts';
import type { TargetTable } from './target-table.ts';

export interface InsertionCounts {
  /** Rows that were given. */
  readonly rows: number;
  /** MySQL's count. */
  readonly affected: number;
  /** Rows that were there: replaced or updated. */
  readonly duplicates: number;
}

type Fired = Pick<TableTriggers, 'before' | 'after' | 'failure'>;

const NO_TRIGGERS: Fired = { *before() {}, *after() {}, failure: undefined };

export class Insertion {
  readonly #statement: InsertStatement;
  readonly #target: TargetTable;
  readonly #scene: StatementScene;
  readonly #columns: readonly SourceColumn[];
  readonly #writer: TableWriter;
  /** Positions of the columns that the statement gives values for. */
  readonly fields: readonly number[];
  /** Positions of the others that are not generated. */
  #omitted: readonly number[] = [];
  /** Of the columns that were left out so far, by position. */
  readonly #defaults: { readonly make: MakeValue | undefined }[] = [];
  readonly #mode: 'strict' | 'lenient';
  readonly #autoColumn: number;
  #update: DuplicateUpdate | undefined;
  #triggers: TableTriggers | undefined;
  /** Columns without a value and without a default, of which a BEFORE trigger may still make one. */
  readonly #lacking: number[] = [];
  readonly #returning: Returning | undefined;
  #row = 0;
  #affected = 0;
  #duplicates = 0;
  readonly ids: GeneratedIds;

  constructor(statement: InsertStatement, target: TargetTable, scene: StatementScene) {
    this.#statement = statement;
    this.#target = target;
    this.#scene = scene;
    this.#columns = target.columns;
    this.#writer = new TableWriter(target, scene, ForeignKeyChanges.of(target, scene));
    this.#mode = statement.ignore || !isStrict(scene) ? 'lenient' : 'strict';
    this.#autoColumn = target.table.schema.autoColumn;
    this.ids = new GeneratedIds(target, scene, this.#writer.editor);
    const { returning } = statement;
    this.#returning = returning && new Returning(returning, target, scene);
    this.fields = this.#namedFields();
    const { columns } = target.table.schema;
    const given = new Set(this.fields);
    this.#omitted = this.#inTurn([...columns.keys()].filter((i) => !given.has(i) && columns[i]!.generated === ''));
  }

  /** Throws 1054 and 1110. */
  #namedFields(): number[] {
    const { schema } = this.#target.table;
    const fields = new Set<number>();
    const { columns: names } = this.#statement;
    if (names === undefined) return [...this.#columns.keys()].filter((i) => this.#columns[i]!.hidden !== true);
    for (const { name } of names) {
      const column = schema.columnPosition(name);
      if (column < 0) throw unknownColumn(name, 'field list');
      if (fields.has(column)) throw columnSpecifiedTwice(name);
      fields.add(column);
    }
    return [...fields];
  }

  /** Columns that get their defaults, in the order in which these are made: expressions may read what is there before. */
  #inTurn(columns: readonly number[]): number[] {
    const { columns: definitions } = this.#target.table.schema;
    const isExpression = (column: number): number => (definitions[column]!.defaultValue.startsWith('(') ? 1 : 0);
    return columns.toSorted((a, b) => isExpression(a) - isExpression(b) || a - b);
  }

  /** The column of the value at `i`. */
  field(i: number): SourceColumn {
    return this.#columns[this.fields[i]!]!;
  }

  /** Makes ON DUPLICATE KEY UPDATE ready, where there is one; `given` are the columns of the query that gives the rows. */
  bindUpdate(given: readonly RowColumn[]): void {
    const { onDuplicate, rowAlias } = this.#statement;
    if (onDuplicate.length === 0) return;
    this.#update = new DuplicateUpdate(onDuplicate, this.#target, this.#scene, {
      alias: rowAlias?.name,
      aliasColumns: rowAlias?.columns,
      fields: this.fields,
      given,
      mode: this.#mode,
      writer: this.#writer,
    });
  }

  /** Looks for triggers, before the first row is taken: an operation where there are some. */
  start(): Steps<void> | undefined {
    const { replace, onDuplicate } = this.#statement;
    const events: TriggerEvent[] = ['insert'];
    if (replace) events.push('delete');
    if (onDuplicate.length > 0) events.push('update');
    return hasTriggers(this.#target, this.#scene, events) ? this.#loadTriggers() : undefined;
  }

  *#loadTriggers(): Steps<void> {
    this.#triggers = yield* rowTriggers(this.#writer, this.#statement, this.#scene);
  }

  /** Whether rows are to be taken by `takeInSteps`. */
  get needsSteps(): boolean {
    return this.#triggers !== undefined || this.#update?.needsSteps === true;
  }

  /** Stores what was added. */
  *finish(): Steps<void> {
    const finishing = this.#writer.finish();
    if (finishing !== undefined) yield* finishing;
    this.ids.tellSession();
  }

  /** Rows that were taken so far. */
  get rows(): number {
    return this.#row;
  }

  get counts(): InsertionCounts {
    return { rows: this.#row, affected: this.#affected, duplicates: this.#duplicates };
  }

  get mode(): 'strict' | 'lenient' {
    return this.#mode;
  }

  /** Throws 3105 where one of the columns, or the one at `field`, is generated. */
  forbidGenerated(field?: number): void {
    const { columns } = this.#target.table.schema;
    for (const column of field === undefined ? this.fields : [this.fields[field]!]) {
      const { generated, name } = columns[column]!;
      if (generated !== '') throw generatedColumnValue(name, this.#target.name);
    }
  }

  /**
   * Adds a row: a value for each of the statement's columns, with how it gets the column's type; those in `defaults` get
   * the column's default. `complete` changes the row before the columns that the statement leaves out are filled.
   */
  take(
    values: readonly Value[],
    converts: readonly Convert[],
    defaults: ReadonlySet<number> | undefined,
    complete?: (row: Value[]) => void,
  ): void {
    this.#row++;
    const row: Value[] = new Array(this.#columns.length).fill(null);
    try {
      this.#fill(row, values, converts, defaults, complete);
      if (this.#autoColumn >= 0) this.ids.number(row);
      this.#store(row);
    } catch (error) {
      if (!(error instanceof SqlError) || !this.#passesOver(error)) throw error;
      this.#ignored(row, error);
    }
  }

  /** `take` for a table with triggers, or an update that waits. What a column lacks is an error if BEFORE triggers leave it. */
  *takeInSteps(...[values, converts, defaults, complete]: Parameters<Insertion['take']>): Steps<void> {
    const triggers = this.#triggers ?? NO_TRIGGERS;
    this.#row++;
    const row: Value[] = new Array(this.#columns.length).fill(null);
    try {
      this.#fill(row, values, converts, defaults, complete);
      const auto = this.#autoColumn;
      const isNumbered = auto >= 0 && row[auto] === null;
      if (isNumbered) row[auto] = 0;
      this.#writer.generate(row);
      yield* triggers.before('insert', undefined, row);
      if (isNumbered && row[auto] === 0) row[auto] = null;
      for (const column of this.#lacking) if (row[column] === null) row[column] = this.#valueOfLacking(column);
      if (auto >= 0) this.ids.number(row);
      yield* this.#storeAndFire(row, triggers);
    } catch (error) {
      if (!(error instanceof SqlError) || error === triggers.failure || !this.#passesOver(error)) throw error;
      this.#ignored(row, error);
    }
  }

  #fill(row: Value[], ...[values, converts, defaults, complete]: Parameters<Insertion['take']>): void {
    const place: ConvertScene = this.#convertScene();
    for (let i = 0; i < values.length; i++) {
      const column = this.fields[i]!;
      const value = values[i]!;
      if (defaults?.has(i)) continue;
      if (value === null) {
        row[column] = null;
        continue;
      }
      place.column = this.#columns[column]!.name;
      row[column] = converts[i]!(value, place);
    }
    complete?.(row);
    for (const column of this.#defaulted(defaults)) row[column] = this.#defaultValue(column, row);
  }

  /** The columns that a row gets the defaults of, where those in `defaults` are among the fields. */
  #defaulted(defaults: ReadonlySet<number> | undefined): readonly number[] {
    if (defaults === undefined) return this.#omitted;
    const asked = Array.from(defaults, (i) => this.fields[i]!);
    const { columns } = this.#target.table.schema;
    return this.#inTurn([...this.#omitted, ...asked.filter((column) => columns[column]!.generated === '')]);
  }

  #scenery: ConvertScene | undefined;
  #convertScene(): ConvertScene {
    this.#scenery ??= {
      sqlMode: this.#scene.functions.sqlMode(),
      warn: (warning) => this.#scene.functions.warn(warning),
    };
    this.#scenery.row = this.#row;
    return this.#scenery;
  }

  #defaultValue(column: number, row: Row): Value {
    if (column === this.#autoColumn) return null;
    const make = this.#defaultOf(column);
    if (make !== undefined) {
      const value = make(row);
      if (column === this.ids.uuidKey) this.ids.uuidMade();
      return value;
    }
    const { nullable } = this.#columns[column]!;
    if (nullable) return null;
    if (!this.#triggers?.has('before', 'insert')) return this.#valueOfLacking(column);
    if (!this.#lacking.includes(column)) this.#lacking.push(column);
    return null;
  }

  /** Of a column without default that takes no NULL. Throws 1364 in strict mode. */
  #valueOfLacking(column: number): Value {
    if (this.#mode === 'strict') throw noDefault(this.#columns[column]!.name);
    const name = this.#columns[column]!.name;
    this.#scene.functions.warn({ level: 'Warning', code: 1364, message: noDefault(name).message });
    return implicitDefault(this.#columns[column]!.type);
  }

  #defaultOf(column: number): MakeValue | undefined {
    this.#defaults[column] ??= { make: this.#writer.expressions.defaultOf(column) };
    return this.#defaults[column].make;
  }

  /** The row at hand is in the table, as `stored`. */
  #inserted(stored: Row): void {
    this.#returning?.add(stored);
    this.ids.stored();
  }

  #store(row: Row): void {
    if (this.#statement.ignore) this.#writer.assertParents(row);
    if (this.#statement.replace) {
      this.#replace(row);
      return;
    }
    if (this.#update !== undefined) {
      const complete = this.#writer.completed(row);
      const [existing] = this.#writer.collisions(complete);
      if (existing !== undefined) {
        this.#duplicates++;
        const next = this.#update.next(existing, complete);
        const stored = this.#writer.update(existing, next);
        if (stored !== undefined) this.#affected += 2;
        this.#returning?.add(stored ?? existing);
        return;
      }
    }
    this.#inserted(this.#writer.insert(row));
    this.#affected++;
  }

  *#storeAndFire(row: Row, triggers: Fired): Steps<void> {
    const writer = this.#writer;
    if (this.#statement.ignore) writer.assertParents(row);
    const complete = writer.completed(row);
    const existing = this.#statement.replace || this.#update !== undefined ? writer.collisions(complete) : [];
    const [first] = existing;
    if (this.#update !== undefined && first !== undefined) {
      this.#duplicates++;
      const next = [...(yield* this.#update.nextInSteps(first, complete))];
      yield* triggers.before('update', first, next);
      const stored = writer.update(first, next);
      if (stored !== undefined) this.#affected += 2;
      this.#returning?.add(stored ?? first);
      yield* triggers.after('update', first, stored ?? next);
      return;
    }
    for (const old of existing) {
      yield* triggers.before('delete', old, undefined);
      writer.replace(old);
      yield* triggers.after('delete', old, undefined);
    }
    const stored = writer.insert(complete);
    this.#inserted(stored);
    this.#affected += existing.length + 1;
    this.#duplicates += existing.length;
    yield* triggers.after('insert', undefined, stored);
  }

  #replace(row: Row): void {
    const complete = this.#writer.completed(row);
    const existing = this.#writer.collisions(complete);
    if (existing.length === 1 && this.#writer.overwrites && sameRow(existing[0]!, complete)) {
      this.#affected++;
      this.#returning?.add(complete);
      return;
    }
    for (const old of existing) this.#writer.replace(old);
    this.#affected += existing.length + 1;
    this.#duplicates += existing.length;
    this.#inserted(this.#writer.insert(complete));
  }

  /** With IGNORE any error; without strict mode, NULL in one of several rows. */
  #passesOver({ errno }: SqlError): boolean {
    const { ignore, source } = this.#statement;
    if (ignore) return true;
    const isMany = source.kind !== 'rows' || source.rows.length > 1;
    return errno === columnNotNull('').errno && this.#mode === 'lenient' && isMany;
  }

  /** INSERT IGNORE: the row is left out, or NULL becomes the type's own default; a warning says so. */
  #ignored(row: Value[], error: SqlError): void {
    this.#scene.functions.warn({ level: 'Warning', code: error.errno, message: error.message });
    if (error.errno !== columnNotNull('').errno) return;
    const filled = row.map((value, i) => {
      const { nullable, type } = this.#columns[i]!;
      return value === null && !nullable ? implicitDefault(type) : value;
    });
    try {
      this.#store(filled);
    } catch (again) {
      if (!(again instanceof SqlError)) throw again;
      this.#scene.functions.warn({ level: 'Warning', code: again.errno, message: again.message });
    }
  }

  /** What the statement answers: the rows of RETURNING, or counts. */
  result(): StatementResult {
    if (this.#returning) return this.#returning.result();
    const { session } = this.#scene;
    const info =
      this.#row > 1 || this.#statement.source.kind === 'query'
        ? `Records: ${this.#row}  Duplicates: ${this.#duplicates}  Warnings: ${session.warnings.length}`
        : '';
    return ok({
      change: this.#statement.replace ? 'replace' : 'insert',
      affectedRows: this.#affected,
      insertId: this.ids.insertId,
      info,
    });
  }
}
