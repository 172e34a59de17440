/**
 * UPDATE of one table or of several that are joined. The rows are found on the transaction's snapshot and changed beside
 * it, so a changed row is never met again. Assignments of one table are made column by column over whole batches, from
 * left to right: a later one sees what an earlier one assigned.
 */
import type { Steps } from '../../repo/steps.ts';
import type { Value } from '../../tuple/value.ts';
import { Privilege } from '../accounts/privilege.ts';
import { bindRowExpression } from '../bind/bind-query.ts';
import { isWait } from '../execute/operator.ts';
import type { Column } from '../expressions/batch.ts';
import type { EvaluateColumn } from '../expressions/compile.ts';
import { ok, type StatementResult } from '../session/statement-result.ts';
import type { Expression } from '../syntax/ast/expression.ts';
import type { Query } from '../syntax/ast/query.ts';
import type { ColumnAssignment, UpdateStatement } from '../syntax/ast/row-statements.ts';
import { type Convert, type ConvertScene, conversion } from '../types/convert.ts';
import { columnNotNull, generatedColumnValue, SqlError, unknownColumn } from '../types/sql-error.ts';
import { readableColumns } from './access/readable-columns.ts';
import {
  type AffectedTables,
  affectedRowsQuery,
  type NamedReference,
  namedTables,
  type RowSource,
} from './affected-rows-query.ts';
import { ForeignKeyChanges } from './foreign-key-changes.ts';
import { implicitDefault, isStrict } from './implicit-default.ts';
import { type KeptAssignment, keepAssignment, keptAssignment } from './kept-expressions.ts';
import { conversionsInto } from './literal-value.ts';
import { MatchedRows, rowKey } from './matched-rows.ts';
import { forEachBatch, type RunningQuery, runQuery } from './query.ts';
import type { TableTriggers } from './routines/table-triggers.ts';
import { type MakeValue, withDefaults } from './row-expressions.ts';
import { hasTriggers, rowTriggers } from './row-triggers.ts';
import { bindContext, evaluationContext, type RunStatement, type StatementScene } from './scene.ts';
import { isQueryLike, someNode } from './syntax-walk.ts';
import { finishAll, type Row, sameRow, TableWriter } from './table-writer.ts';
import { notUpdatable, resolveTarget, type TargetSystemTable, type TargetTable, tableKey } from './target-table.ts';

/** A table whose rows change, with its part of the query's columns. */
interface Changed {
  readonly target: TargetTable;
  readonly alias: string;
  readonly writer: TableWriter;
  readonly offset: number;
  readonly assignments: Assignment[];
  readonly onUpdate: readonly { readonly column: number; readonly make: MakeValue }[];
  /** Undefined where no join meets rows again. */
  readonly matched: MatchedRows | undefined;
  /** Of a table that changes by two names: its rows as they are now. */
  readonly current: CurrentRows | undefined;
  triggers: TableTriggers | undefined;
}

interface Versions {
  /** In the rows as they are now; undefined where nobody keeps them. */
  readonly key: string | undefined;
  readonly before: Row;
  readonly after: Value[];
}

interface CurrentRows {
  readonly keyOf: (row: Row) => string | undefined;
  readonly rows: Map<string, Row>;
}

interface Assignment {
  readonly column: number;
  readonly name: string;
  /** Position of the value in the query's columns, or how to make it from the row. */
  readonly value:
    | { readonly kind: 'selected'; readonly at: number }
    | { readonly kind: 'made'; readonly make: EvaluateColumn };
  readonly convert: Convert;
}

export const runUpdate: RunStatement<UpdateStatement> = function* (statement, scene) {
  const named = namedTables(statement.tables);
  if (named.length === 1) {
    const [{ reference }] = named as [(typeof named)[number]];
    if (reference.kind === 'table') {
      const target = resolveTarget(reference.table, scene);
      if (target.kind === 'system') return yield* updateSystemTable(statement, target, scene);
      return yield* new Update(statement, scene, target).run();
    }
  }
  return yield* new Update(statement, scene).run();
};

/** The rows that the statement changes, with the names of their tables; nothing is changed. */
export function rowsToUpdate(statement: UpdateStatement, scene: StatementScene): AffectedTables {
  const update = new Update(statement, scene);
  return { query: update.query(), tables: update.tables };
}

const UPDATE = ['update'] as const;

class Update {
  readonly #statement: UpdateStatement;
  readonly #scene: StatementScene;
  /** The only table of the statement. */
  readonly #single: TargetTable | undefined;
  readonly #changed: Changed[] = [];
  readonly #selected: Expression[] = [];
  readonly #mode: 'strict' | 'lenient';
  readonly #foreignKeys: (ForeignKeyChanges | undefined)[] = [];
  readonly #writers = new Map<string, { readonly writer: TableWriter; readonly current: CurrentRows }>();
  #matched = 0;
  #affected = 0;

  constructor(statement: UpdateStatement, scene: StatementScene, single?: TargetTable) {
    this.#statement = statement;
    this.#scene = scene;
    this.#single = single;
    this.#mode = statement.ignore || !isStrict(scene) ? 'lenient' : 'strict';
  }

  *run(): Steps<StatementResult> {
    const { columns, rows } = runQuery(this.query(), this.#scene);
    for (const changed of this.#changed) {
      if (!hasTriggers(changed.target, this.#scene, UPDATE)) continue;
      changed.triggers = yield* rowTriggers(changed.writer, this.#statement, this.#scene);
    }
    if (this.#selected.length > 0) this.#placeSelected(columns);
    for (const item of rows) {
      if (isWait(item)) yield item;
      else for (const changed of this.#changed) yield* this.#change(changed, item.columns, item.length);
    }
    yield* finishAll(this.#changed.map(({ writer }) => writer));
    const warnings = this.#scene.session.warnings.length;
    return ok({
      change: 'update',
      affectedRows: this.#affected,
      matchedRows: this.#matched,
      info: `Rows matched: ${this.#matched}  Changed: ${this.#affected}  Warnings: ${warnings}`,
    });
  }

  /** Now that the query is bound it is known where its columns have what is assigned, and of which types. */
  #placeSelected(columns: RunningQuery['columns']): void {
    for (const { assignments, target } of this.#changed) {
      assignments.forEach((assignment, i) => {
        const { value } = assignment;
        if (value.kind !== 'selected') return;
        const at = columns.length - this.#selected.length + value.at;
        const type = target.columns[assignment.column]!.type;
        const convert = conversion(columns[at]!.type, type, this.#mode);
        assignments[i] = { ...assignment, value: { kind: 'selected', at }, convert };
      });
    }
  }

  /** The aliases of the tables that change, once the query was asked for. */
  get tables(): string[] {
    return this.#changed.map(({ alias }) => alias);
  }

  query(): Query {
    const statement = this.#statement;
    const named = namedTables(statement.tables);
    const single = named.length === 1;
    let offset = 0;
    const owners = statement.assignments.map((assignment) => this.#ownerOf(assignment, named));
    for (const alias of new Set(owners)) {
      const reference = named.find((table) => table.alias.toLowerCase() === alias)?.reference;
      if (reference?.kind !== 'table') throw notUpdatable(alias);
      const target = this.#single ?? resolveTarget(reference.table, this.#scene);
      if (target.kind === 'system') throw notUpdatable(alias);
      const { writer, current } = single
        ? { writer: this.#newWriter(target), current: undefined }
        : this.#shared(target);
      const onUpdate: { column: number; make: MakeValue }[] = [];
      const changed: Changed = {
        target,
        alias: reference.alias ?? reference.table.name,
        writer,
        offset,
        assignments: [],
        matched: single ? undefined : new MatchedRows(target.table),
        current,
        onUpdate,
        triggers: undefined,
      };
      offset += target.columns.length;
      statement.assignments.forEach((assignment, i) => {
        if (owners[i] === alias) changed.assignments.push(this.#assignment(assignment, changed, single));
      });
      for (const column of target.table.schema.onUpdateColumns) {
        if (changed.assignments.some((assignment) => assignment.column === column)) continue;
        onUpdate.push({ column, make: writer.expressions.onUpdateOf(column)! });
      }
      this.#changed.push(changed);
    }
    return affectedRowsQuery(statement, statement.tables, this.#changed.map(rowSourceOf), this.#selected);
  }

  /** What the names of one table share. */
  #shared(target: TargetTable): { readonly writer: TableWriter; readonly current: CurrentRows } {
    const name = tableKey(target);
    let found = this.#writers.get(name);
    if (found === undefined) {
      found = { writer: this.#newWriter(target), current: { keyOf: rowKey(target.table), rows: new Map() } };
      this.#writers.set(name, found);
    }
    return found;
  }

  #newWriter(target: TargetTable): TableWriter {
    const keys = ForeignKeyChanges.of(target, this.#scene, this.#foreignKeys);
    this.#foreignKeys.push(keys);
    return new TableWriter(target, this.#scene, keys);
  }

  /** The lower-case alias of the table whose column is assigned. */
  #ownerOf({ column }: ColumnAssignment, named: readonly NamedReference[]): string {
    if (column.table !== undefined) {
      const alias = column.table.toLowerCase();
      if (named.some((table) => table.alias.toLowerCase() === alias)) return alias;
      throw unknownColumn(`${column.table}.${column.name}`, 'field list');
    }
    if (this.#single !== undefined) return named[0]!.alias.toLowerCase();
    const owners = named.filter(({ reference }) => {
      if (reference.kind !== 'table') return false;
      const source = this.#scene.catalog.table(reference.table);
      return (
        source?.kind !== 'view' && source?.columns.some(({ name }) => name.toLowerCase() === column.name.toLowerCase())
      );
    });
    if (owners.length === 0) throw unknownColumn(column.name, 'field list');
    if (owners.length > 1) throw new SqlError(1052, '23000', `Column '${column.name}' in field list is ambiguous`);
    return owners[0]!.alias.toLowerCase();
  }

  #assignment(
    { column: { name }, value: given }: ColumnAssignment,
    { target, writer, alias }: Changed,
    single: boolean,
  ): Assignment {
    const { schema } = target.table;
    const column = schema.columnPosition(name);
    if (column < 0) throw unknownColumn(name, 'field list');
    const table = { database: target.handle.name, name: target.name };
    this.#scene.access?.assertColumns(Privilege.update, table, [name]);
    const kept = single ? keptAssignment(given, target, this.#scene) : undefined;
    if (kept !== undefined) return this.#made(column, target, kept);
    const value = withDefaults(given, schema);
    const isDefault = value.kind === 'default' && value.column === undefined;
    if (schema.columns[column]!.generated !== '' && !isDefault) throw generatedColumnValue(name, target.name);
    if (isDefault) {
      const make = writer.expressions.assignedDefaultOf(column);
      const fill: EvaluateColumn = ({ length }) => Array.from({ length }, () => make([]));
      return { column, name, value: { kind: 'made', make: fill }, convert: (kept) => kept };
    }
    if (!single || isQueryLike(value) || someNode(value, ({ kind }) => kind === 'match')) {
      this.#selected.push(value);
      const at = this.#selected.length - 1;
      return { column, name, value: { kind: 'selected', at }, convert: (kept) => kept };
    }
    const made = keepAssignment(given, target, this.#scene, (session) => {
      const context = { ...bindContext(this.#scene), session };
      return bindRowExpression(value, readableColumns(target, alias, this.#scene), context);
    });
    return this.#made(column, target, made);
  }

  #made(column: number, { columns }: TargetTable, { type: from, make }: KeptAssignment): Assignment {
    const { name, type } = columns[column]!;
    return { column, name, value: { kind: 'made', make }, convert: conversionsInto(type, this.#mode).of(from) };
  }

  *#change(changed: Changed, columns: readonly Column[], length: number): Steps<void> {
    const { assignments, offset, target, matched } = changed;
    const width = target.columns.length;
    const old = columns.slice(offset, offset + width);
    const next = [...old];
    const context = evaluationContext(this.#scene);
    const scene: ConvertScene = {
      sqlMode: this.#scene.functions.sqlMode(),
      warn: (w) => this.#scene.functions.warn(w),
    };
    for (const { column, name, value, convert } of assignments) {
      const made = value.kind === 'selected' ? columns[value.at]! : value.make({ length, columns: next }, context);
      const converted: Value[] = new Array(length);
      scene.column = name;
      for (let i = 0; i < length; i++) {
        scene.row = this.#matched + i + 1;
        const given = made[i]!;
        converted[i] = given === null ? this.#nullOf(target, column) : convert(given, scene);
      }
      next[column] = converted;
    }
    for (let i = 0; i < length; i++) {
      const from: Value[] = new Array(width);
      const to: Value[] = new Array(width);
      for (let c = 0; c < width; c++) {
        from[c] = old[c]![i]!;
        to[c] = next[c]![i]!;
      }
      const times = matched === undefined ? 1 : matched.take(from);
      for (let n = 0; n < times; n++) {
        if (changed.triggers === undefined) this.#store(changed, from, to);
        else yield* this.#storeAndFire(changed, changed.triggers, from, to);
      }
    }
  }

  /** What a column that takes no NULL gets for one: without strict mode, its type's own default. */
  #nullOf({ columns }: TargetTable, column: number): Value {
    const { name, nullable, type } = columns[column]!;
    if (nullable || this.#mode === 'strict') return null;
    const { errno, message } = columnNotNull(name);
    this.#scene.functions.warn({ level: 'Warning', code: errno, message });
    return implicitDefault(type);
  }

  /** A row as it is, and as it is to be. */
  #versions({ onUpdate, current, assignments, target }: Changed, from: Row, to: Value[]): Versions {
    this.#matched++;
    if (onUpdate.length > 0 && !sameRow(from, to)) for (const { column, make } of onUpdate) to[column] = make(to);
    const key = target.table.schema.isKeyless ? undefined : current?.keyOf(from);
    const before = (key === undefined ? undefined : current!.rows.get(key)) ?? from;
    if (before === from) return { key, before, after: to };
    // By its other name the row has changed already: what was assigned there stays.
    const after = [...before];
    for (const { column } of assignments) after[column] = to[column]!;
    return { key, before, after };
  }

  #store(changed: Changed, from: Row, to: Value[]): void {
    const versions = this.#versions(changed, from, to);
    try {
      this.#put(changed, versions);
    } catch (error) {
      this.#ignored(error);
    }
  }

  *#storeAndFire(changed: Changed, triggers: TableTriggers, from: Row, to: Value[]): Steps<void> {
    const versions = this.#versions(changed, from, to);
    const { before, after } = versions;
    try {
      changed.writer.generate(after);
      yield* triggers.before('update', before, after);
      const stored = this.#put(changed, versions);
      yield* triggers.after('update', before, stored ?? after);
    } catch (error) {
      if (error === triggers.failure) throw error;
      this.#ignored(error);
    }
  }

  /** The row as it is stored; undefined where nothing differs. */
  #put({ writer, current }: Changed, { key, before, after }: Versions): Row | undefined {
    if (this.#statement.ignore) writer.assertParents(after, before);
    const stored = writer.update(before, after);
    if (stored === undefined) return undefined;
    this.#affected++;
    if (key !== undefined) current!.rows.set(key, stored);
    return stored;
  }

  /** IGNORE warns of an error; without it, it is thrown. */
  #ignored(error: unknown): void {
    if (!this.#statement.ignore || !(error instanceof SqlError)) throw error;
    this.#scene.functions.warn({ level: 'Warning', code: error.errno, message: error.message });
  }
}

function rowSourceOf({ alias, target }: Changed): RowSource {
  return { alias, columns: target.columns };
}

function* updateSystemTable(
  statement: UpdateStatement,
  target: TargetSystemTable,
  scene: StatementScene,
): Steps<StatementResult> {
  const { source } = target;
  const [reference] = statement.tables;
  if (source.write?.update === undefined || reference?.kind !== 'table') throw notUpdatable(target.name);
  const alias = reference.alias ?? reference.table.name;
  const values = statement.assignments.map(({ value }) => value);
  const positions = statement.assignments.map(({ column: { name } }) => {
    const at = source.columns.findIndex((column) => column.name.toLowerCase() === name.toLowerCase());
    if (at < 0) throw unknownColumn(name, 'field list');
    return at;
  });
  const query = affectedRowsQuery(statement, statement.tables, [{ alias, columns: source.columns }], values);
  const { columns, rows: found } = runQuery(query, scene);
  const width = source.columns.length;
  const changes: [Value[], Value[]][] = [];
  yield* forEachBatch(found, (batch) => {
    for (let i = 0; i < batch.length; i++) {
      const from = batch.columns.slice(0, width).map((column): Value => column[i]!);
      const to = [...from];
      positions.forEach((position, n) => {
        const value = batch.columns[width + n]![i]!;
        const convert = conversion(columns[width + n]!.type, source.columns[position]!.type, 'strict');
        to[position] = value === null ? null : convert(value, {});
      });
      changes.push([from, to]);
    }
  });
  for (const [from, to] of changes) source.write.update(from, to);
  source.write.finish?.();
  return ok({ change: 'update', affectedRows: changes.length, matchedRows: changes.length });
}
