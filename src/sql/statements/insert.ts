/**
 * INSERT and REPLACE. Rows come from VALUES or from a query, batch by batch; each is brought into the table's columns,
 * gets its defaults and its auto-increment value, and goes to the table's writer.
 */
import type { Steps } from '../../repo/steps.ts';
import type { Integer, Value } from '../../tuple/value.ts';
import { bindRowExpression, type RowColumn } from '../bind/bind-query.ts';
import type { SourceColumn } from '../catalog/catalog.ts';
import { isWait } from '../execute/operator.ts';
import { compile } from '../expressions/compile.ts';
import type { EvaluationContext } from '../expressions/evaluation-context.ts';
import { ok, type StatementResult } from '../session/statement-result.ts';
import type { Expression } from '../syntax/ast/expression.ts';
import type { Query } from '../syntax/ast/query.ts';
import type { ColumnAssignment, InsertStatement } from '../syntax/ast/row-statements.ts';
import { type Convert, type ConvertScene, conversion } from '../types/convert.ts';
import { integerRange } from '../types/integer.ts';
import {
  autoIncrementExhausted,
  columnCountMismatch,
  columnNotNull,
  columnSpecifiedTwice,
  generatedColumnValue,
  noDefault,
  notSupported,
  SqlError,
  unknownColumn,
} from '../types/sql-error.ts';
import { type SqlType, ZERO_DATETIME } from '../types/sql-type.ts';
import { sharedCounter } from './auto-increment.ts';
import { evaluateConstant } from './constant.ts';
import { DuplicateUpdate } from './duplicate-update.ts';
import { ForeignKeyChanges } from './foreign-key-changes.ts';
import { insertIntoSystemTable } from './insert-into-system-table.ts';
import { conversionsInto, literalValue } from './literal-value.ts';
import { runQuery } from './query.ts';
import { Returning } from './returning.ts';
import type { TableTriggers } from './routines/table-triggers.ts';
import { type MakeValue, RowBatch, rowColumns, withDefaults } from './row-expressions.ts';
import { hasTriggers, rowTriggers, type TriggerEvent } from './row-triggers.ts';
import { bindContext, evaluationContext, type RunStatement, type StatementScene } from './scene.ts';
import { isQueryLike } from './syntax-walk.ts';
import { type Row, sameRow, TableWriter } from './table-writer.ts';
import { resolveTarget, type TargetTable } from './target-table.ts';
import { makesUuid, uuidKeyOf } from './uuid-key.ts';

export const runInsert: RunStatement<InsertStatement> = function* (statement, scene) {
  const target = resolveTarget(statement.table, scene);
  if (target.kind === 'system' && statement.returning) throw notSupported(`RETURNING of ${target.name}`);
  if (target.kind === 'system') return yield* insertIntoSystemTable(statement, target, scene);
  return yield* new Insertion(statement, target, scene).run();
};

/** The query whose rows the statement adds, or how many rows it holds itself, and the table; nothing is added. */
export function rowsToInsert(
  statement: InsertStatement,
  scene: StatementScene,
): { readonly rows: Query | number; readonly table: string } {
  const target = resolveTarget(statement.table, scene);
  if (target.kind === 'system') throw notSupported(`EXPLAIN INSERT INTO ${target.name}`);
  return { rows: new Insertion(statement, target, scene).source, table: target.name };
}

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

/** What a statement that adds rows does with each, and counts. */
export class Insertion {
  readonly #statement: InsertStatement;
  readonly #target: TargetTable;
  readonly #scene: StatementScene;
  readonly #columns: readonly SourceColumn[];
  readonly #writer: TableWriter;
  /** Positions of the columns that the statement gives values for. */
  readonly #fields: number[] = [];
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
  /** The auto-increment value of the row at hand, and whether it was given. */
  #id: { readonly value: Integer; readonly explicit: boolean } | undefined;
  #firstGenerated: Integer = 0;
  #lastExplicit: Integer = 0;
  readonly #uuidKey: number;
  #firstUuid: string | undefined;

  constructor(statement: InsertStatement, target: TargetTable, scene: StatementScene) {
    this.#statement = statement;
    this.#target = target;
    this.#scene = scene;
    this.#columns = target.columns;
    this.#writer = new TableWriter(target, scene, ForeignKeyChanges.of(target, scene));
    this.#mode = statement.ignore || !isStrict(scene) ? 'lenient' : 'strict';
    this.#autoColumn = target.table.schema.autoColumn;
    this.#uuidKey = uuidKeyOf(target.table.schema, target.columns);
    const { returning } = statement;
    this.#returning = returning && new Returning(returning, target, scene);
    this.#findFields();
  }

  #findFields(): void {
    const { schema } = this.#target.table;
    const given: boolean[] = new Array(this.#columns.length).fill(false);
    const give = (column: number): void => {
      given[column] = true;
      this.#fields.push(column);
    };
    const { columns: names } = this.#statement;
    if (names === undefined) for (let i = 0; i < given.length; i++) if (this.#columns[i]!.hidden !== true) give(i);
    for (const { name } of names ?? []) {
      const column = schema.columnPosition(name);
      if (column < 0) throw unknownColumn(name, 'field list');
      if (given[column]) throw columnSpecifiedTwice(name);
      give(column);
    }
    const omitted = [...given.keys()].filter((i) => !given[i] && schema.columns[i]!.generated === '');
    this.#omitted = this.#inTurn(omitted);
  }

  /** Columns that get their defaults, in the order in which these are made: expressions may read what is there before. */
  #inTurn(columns: readonly number[]): number[] {
    const { columns: definitions } = this.#target.table.schema;
    const isExpression = (column: number): number => (definitions[column]!.defaultValue.startsWith('(') ? 1 : 0);
    return columns.toSorted((a, b) => isExpression(a) - isExpression(b) || a - b);
  }

  #field(i: number): SourceColumn {
    return this.#columns[this.#fields[i]!]!;
  }

  /** The query that gives the rows, or the number of those that are given. */
  get source(): Query | number {
    const { source } = this.#statement;
    return source.kind === 'query' ? this.#withClause(source.query) : source.rows.length;
  }

  *run(): Steps<StatementResult> {
    const { source, onDuplicate, rowAlias } = this.#statement;
    const starting = this.start();
    if (starting !== undefined) yield* starting;
    if (source.kind === 'query') {
      const { columns, rows } = runQuery(this.#withClause(source.query), this.#scene);
      if (columns.length !== this.#fields.length) throw columnCountMismatch(1);
      const given = columns.map(({ name, type, nullable, qualifier }): RowColumn => {
        return { ...(qualifier === undefined ? {} : { table: qualifier }), name, type, nullable };
      });
      if (onDuplicate.length > 0) this.#update = this.#duplicateUpdate(onDuplicate, rowAlias?.name, given);
      this.forbidGenerated();
      const converts = columns.map(({ type }, i) => conversion(type, this.#field(i).type, this.#mode));
      const values: Value[] = new Array(columns.length).fill(null);
      for (const item of rows) {
        if (isWait(item)) {
          yield item;
          continue;
        }
        for (let i = 0; i < item.length; i++) {
          for (let c = 0; c < values.length; c++) values[c] = item.columns[c]![i]!;
          if (!this.needsSteps) this.take(values, converts, undefined);
          else yield* this.takeInSteps(values, converts, undefined);
        }
      }
    } else {
      if (onDuplicate.length > 0) this.#update = this.#duplicateUpdate(onDuplicate, rowAlias?.name, []);
      yield* this.#rows(source.rows);
    }
    yield* this.finish();
    return this.#returning?.result() ?? this.#result();
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
    const { session } = this.#scene;
    if (this.#firstGenerated !== 0) session.lastInsertId = this.#firstGenerated;
    if (this.#firstUuid !== undefined) session.lastInsertUuid = this.#firstUuid;
  }

  get counts(): InsertionCounts {
    return { rows: this.#row, affected: this.#affected, duplicates: this.#duplicates };
  }

  get mode(): 'strict' | 'lenient' {
    return this.#mode;
  }

  #withClause(query: Query): Query {
    const { with: common } = this.#statement;
    return common === undefined ? query : { ...query, with: common };
  }

  *#rows(rows: readonly (readonly Expression[])[]): Steps<void> {
    const scene = this.#scene;
    const conversions = this.#fields.map((column) => conversionsInto(this.#columns[column]!.type, this.#mode));
    const { generatedColumns } = this.#target.table.schema;
    const mayBeEmpty = (this.#statement.columns?.length ?? 0) === 0;
    const wrong = rows.findIndex(({ length }) => length !== this.#fields.length && !(mayBeEmpty && length === 0));
    if (wrong >= 0) throw columnCountMismatch(wrong + 1);
    for (const expressions of rows) {
      if (expressions.length === 0 && mayBeEmpty) {
        const all = new Set(this.#fields.keys());
        if (!this.needsSteps) this.take([], [], all);
        else yield* this.takeInSteps([], [], all);
        continue;
      }
      const wait = this.#row % 1024 === 1023 ? scene.pause() : undefined;
      if (wait !== undefined) yield wait;
      const values: Value[] = [];
      const used: Convert[] = [];
      let defaults: Set<number> | undefined;
      for (let i = 0; i < expressions.length; i++) {
        const expression = expressions[i]!;
        if (expression.kind === 'default' && expression.column === undefined) {
          defaults ??= new Set();
          defaults.add(i);
          values.push(null);
          used.push(keep);
          continue;
        }
        if (generatedColumns.includes(this.#fields[i]!)) this.forbidGenerated(i);
        const { type, value } = literalValue(expression, scene.parameters) ?? (yield* this.#value(expression, values));
        if (this.#fields[i] === this.#uuidKey && makesUuid(expression, this.#target.table.schema)) this.#uuidMade();
        values.push(value);
        used.push(conversions[i]!.of(type));
      }
      if (!this.needsSteps) this.take(values, used, defaults);
      else yield* this.takeInSteps(values, used, defaults);
    }
  }

  #rowColumns: readonly RowColumn[] | undefined;
  #context: EvaluationContext | undefined;

  /** VALUES may name columns given before: `INSERT INTO t (a, b) VALUES (1, a + 1)`. */
  *#value(expression: Expression, before: readonly Value[]): Steps<{ type: SqlType; value: Value }> {
    const scene = this.#scene;
    const syntax = withDefaults(expression, this.#target.table.schema);
    if (isQueryLike(syntax)) return yield* evaluateConstant(syntax, scene);
    this.#rowColumns ??= rowColumns(this.#columns, this.#target.name);
    const bound = bindRowExpression(syntax, this.#rowColumns, bindContext(scene));
    if (bound.kind === 'literal') return { type: bound.type, value: bound.value };
    const batch = new RowBatch(this.#columns.length);
    before.forEach((value, i) => {
      batch.columns[this.#fields[i]!]![0] = value;
    });
    this.#context ??= evaluationContext(scene);
    return { type: bound.type, value: compile(bound)(batch, 0, this.#context) };
  }

  /** Throws 3105 where one of the columns, or the one at `field`, is generated. */
  forbidGenerated(field?: number): void {
    const { columns } = this.#target.table.schema;
    for (const column of field === undefined ? this.#fields : [this.#fields[field]!]) {
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
      if (this.#autoColumn >= 0) this.#number(row);
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
      if (auto >= 0) this.#number(row);
      yield* this.#storeAndFire(row, triggers);
    } catch (error) {
      if (!(error instanceof SqlError) || error === triggers.failure || !this.#passesOver(error)) throw error;
      this.#ignored(row, error);
    }
  }

  #fill(row: Value[], ...[values, converts, defaults, complete]: Parameters<Insertion['take']>): void {
    const place: ConvertScene = this.#convertScene();
    for (let i = 0; i < values.length; i++) {
      const column = this.#fields[i]!;
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
    const asked = Array.from(defaults, (i) => this.#fields[i]!);
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
      if (column === this.#uuidKey) this.#uuidMade();
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

  /** Gives the auto-increment column its value, and moves the counters past it. */
  #number(row: Value[]): void {
    const column = this.#autoColumn;
    const given = row[column]!;
    const { session } = this.#scene;
    const { database } = this.#target.handle;
    const zeroIsValue = session.sqlMode.has('NO_AUTO_VALUE_ON_ZERO');
    const next = this.#nextValue();
    const explicit = given !== null && (given !== 0 || zeroIsValue);
    const value = !explicit ? next : typeof given === 'number' ? Math.floor(given) : (given as bigint);
    const { type } = this.#columns[column]!;
    const last = type.kind === 'integer' ? integerRange(type)[1] : Number.MAX_VALUE;
    if (!explicit && next > last) throw autoIncrementExhausted();
    if (!explicit) row[column] = value;
    this.#id = { value, explicit };
    if (value < next) return;
    // An id that is given moves the counter to the column's end at most.
    const after = explicit && value >= last ? value : add(value, 1);
    if (this.#target.temporary) this.#writer.editor.autoIncrement = after;
    else session.engine.autoIncrement.raise(database, this.#target.name, after);
  }

  /** The row at hand is in the table, as `stored`: its id counts for LAST_INSERT_ID(). */
  #inserted(stored: Row): void {
    this.#returning?.add(stored);
    if (this.#id === undefined) return;
    const { value, explicit } = this.#id;
    if (explicit) this.#lastExplicit = value;
    else if (this.#firstGenerated === 0) this.#firstGenerated = value;
  }

  /** The UUID that was made last is a row's key: the first counts for LAST_INSERT_UUID(), also of a row that IGNORE drops. */
  #uuidMade(): void {
    this.#firstUuid ??= this.#scene.session.lastUuid;
  }

  #nextValue(): Integer {
    const { editor } = this.#writer;
    const own = editor.autoIncrement === 0 ? 1 : editor.autoIncrement;
    if (this.#target.temporary) return own;
    const shared = sharedCounter(this.#target, this.#scene);
    if (shared > own) return shared;
    return own;
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

  #duplicateUpdate(
    assignments: readonly ColumnAssignment[],
    alias: string | undefined,
    given: readonly RowColumn[],
  ): DuplicateUpdate {
    return new DuplicateUpdate(assignments, this.#target, this.#scene, {
      alias,
      aliasColumns: this.#statement.rowAlias?.columns,
      fields: this.#fields,
      given,
      mode: this.#mode,
      writer: this.#writer,
    });
  }

  #result(): StatementResult {
    const { session } = this.#scene;
    const insertId = this.#firstGenerated !== 0 ? this.#firstGenerated : this.#lastExplicit;
    const info =
      this.#row > 1 || this.#statement.source.kind === 'query'
        ? `Records: ${this.#row}  Duplicates: ${this.#duplicates}  Warnings: ${session.warnings.length}`
        : '';
    return ok({
      change: this.#statement.replace ? 'replace' : 'insert',
      affectedRows: this.#affected,
      insertId,
      info,
    });
  }
}

const keep: Convert = (value) => value;

function add(value: Integer, more: number): Integer {
  if (typeof value === 'number' && Number.isSafeInteger(value + more)) return value + more;
  return BigInt(value) + BigInt(more);
}

export function isStrict(scene: StatementScene): boolean {
  const mode = scene.functions.sqlMode();
  return mode.has('STRICT_TRANS_TABLES') || mode.has('STRICT_ALL_TABLES') || mode.has('TRADITIONAL');
}

/** What a NOT NULL column without default holds outside of strict mode. */
export function implicitDefault(type: SqlType): Value {
  switch (type.kind) {
    case 'char':
    case 'varchar':
    case 'text':
      return '';
    case 'binary':
      return new Uint8Array(type.length);
    case 'varbinary':
    case 'blob':
    case 'geometry':
      return new Uint8Array(0);
    case 'enum':
      return 1;
    case 'json':
      return 'null';
    case 'datetime':
    case 'timestamp':
      return ZERO_DATETIME;
    default:
      return 0;
  }
}
