/**
 * LOAD DATA: the rows of a file, from the engine's disk or from whoever asks (LOCAL), added as INSERT adds rows. Fields go
 * to columns or to `@variables`, and SET makes values of them.
 *
 * As in Dolt, an empty field is NULL in a column that is no text, and a row with too few fields is filled with defaults,
 * or with the type's own where a column takes no NULL; MySQL refuses both in its strict mode. They are warned of.
 */
import { assert } from '../../../base/errors.ts';
import { type Steps, waitUnlessEnded } from '../../../repo/steps.ts';
import type { Value } from '../../../tuple/value.ts';
import { bindRowExpression, type RowColumn } from '../../bind/bind-query.ts';
import { compile } from '../../expressions/compile.ts';
import { type LocalFile, localFilesDisabled } from '../../session/local-file.ts';
import { ok, type StatementResult } from '../../session/statement-result.ts';
import type { Expression } from '../../syntax/ast/expression.ts';
import type { ColumnAssignment, InsertStatement, LoadDataStatement } from '../../syntax/ast/row-statements.ts';
import { type Convert, conversion } from '../../types/convert.ts';
import { unknownColumn } from '../../types/sql-error.ts';
import { isBytes, isStringLike, LONGBLOB, LONGTEXT } from '../../types/sql-type.ts';
import { implicitDefault } from '../implicit-default.ts';
import { Insertion } from '../insertion.ts';
import { type MakeValue, RowBatch, RowExpressions, rowColumns, withDefaults } from '../row-expressions.ts';
import { bindContext, evaluationContext, type RunStatement, type StatementScene } from '../scene.ts';
import { rewrite } from '../syntax-walk.ts';
import { resolveStoredTable, type TargetTable } from '../target-table.ts';
import { type FileCharset, fileCharset } from './charset.ts';
import { delimitedFormat } from './delimited-format.ts';
import { DelimitedReader } from './delimited-reader.ts';
import { openServerFile } from './server-file.ts';

const ROWS_A_SLICE = 256;
const PIECE_BYTES = 1 << 20;

export const runLoadData: RunStatement<LoadDataStatement> = function* (statement, scene) {
  const loading = new Loading(statement, resolveStoredTable(statement.table, scene), scene);
  const file = statement.local ? openLocalFile(statement.path, scene) : openFile(statement.path, scene);
  try {
    yield* loading.run(file);
  } finally {
    file.close();
  }
  return loading.result();
};

function openLocalFile(path: string, { session }: StatementScene): LocalFile {
  if (session.openLocalFile === undefined) throw localFilesDisabled();
  return session.openLocalFile(path);
}

function openFile(path: string, scene: StatementScene): LocalFile {
  const file = openServerFile(path, scene);
  let at = 0;
  return {
    async next() {
      const piece = new Uint8Array(PIECE_BYTES);
      const length = file.read(piece, 0, PIECE_BYTES, at);
      at += length;
      return length === 0 ? undefined : piece.subarray(0, length);
    },
    close: () => file.close(),
  };
}

/** Where a field of the file goes. */
type Place = { readonly kind: 'column'; readonly field: number } | { readonly kind: 'variable'; readonly at: number };

/** A column of the table that a field of the file goes to. */
interface LoadedColumn {
  readonly convert: Convert;
  /** Bytes are taken as they are. */
  readonly isBytes: boolean;
  readonly emptyIsNull: boolean;
  /** What it gets where the row ends before; undefined is the column's default. */
  readonly whenMissing: Value | undefined;
}

/** The table's name for `@variables` in SET, which are columns of the row at hand. */
const VARIABLES = '\u0000variables';

class Loading {
  readonly #statement: LoadDataStatement;
  readonly #target: TargetTable;
  readonly #scene: StatementScene;
  readonly #insertion: Insertion;
  readonly #charset: FileCharset;
  readonly #reader: DelimitedReader;
  readonly #places: readonly Place[];
  readonly #columns: readonly LoadedColumn[];
  readonly #converts: readonly Convert[];
  readonly #variables: readonly string[];
  readonly #variableValues: (string | null)[];
  readonly #assign: ((row: Value[]) => void) | undefined;
  readonly #values: Value[];
  #row = 0;

  constructor(statement: LoadDataStatement, target: TargetTable, scene: StatementScene) {
    this.#statement = statement;
    this.#target = target;
    this.#scene = scene;
    this.#charset = fileCharset(statement.format);
    const maxRow = scene.session.variables.number('max_allowed_packet');
    this.#reader = new DelimitedReader(delimitedFormat(statement.format), maxRow);
    const { fields, assignments } = statement;
    const written = fields.flatMap((field) => (field.kind === 'column' ? [field.name] : []));
    const names = fields.length > 0 ? written : target.columns.flatMap(({ name, hidden }) => (hidden ? [] : [name]));
    this.#variables = fields.flatMap((field) => (field.kind === 'column' ? [] : [field.name]));
    this.#variableValues = this.#variables.map(() => null);
    this.#places = placesOf(fields.length > 0 ? fields : names.map(() => ({ kind: 'column' as const })));
    const set = assignments.map(({ column }) => column.name).filter((name) => !holds(names, name));
    this.#insertion = new Insertion(insertOf(statement, [...names, ...set]), target, scene);
    this.#insertion.forbidGenerated();
    this.#columns = names.map((name) => this.#loadedColumn(name));
    // What SET gives is in the column's type already.
    this.#converts = [...this.#columns.map(({ convert }) => convert), ...set.map(() => keep)];
    this.#values = new Array(this.#converts.length).fill(null);
    this.#assign = assignments.length === 0 ? undefined : this.#assignment(assignments);
  }

  #loadedColumn(name: string): LoadedColumn {
    const { table, columns } = this.#target;
    const column = table.schema.columnPosition(name);
    const { type, nullable } = columns[column]!;
    const takesBytes = isBytes(type);
    return {
      convert: conversion(takesBytes ? LONGBLOB : LONGTEXT, type, this.#insertion.mode),
      isBytes: takesBytes,
      emptyIsNull: !isStringLike(type),
      whenMissing: nullable || table.schema.columns[column]!.autoIncrement ? undefined : implicitDefault(type),
    };
  }

  /** SET: values made of the row and of `@variables`, one after the other. */
  #assignment(assignments: readonly ColumnAssignment[]): (row: Value[]) => void {
    const { columns, table, name } = this.#target;
    const scene = this.#scene;
    const variables = this.#variables.map((variable): RowColumn => {
      return { table: VARIABLES, name: variable, type: LONGTEXT, nullable: true, qualifiedOnly: true };
    });
    const scope = [...rowColumns(columns, name), ...variables];
    const batch = new RowBatch(scope.length);
    const context = evaluationContext(scene);
    const expressions = new RowExpressions(table.schema, columns, name, scene);
    const made = assignments.map(({ column, value }): { readonly at: number; readonly make: MakeValue } => {
      const at = table.schema.columnPosition(column.name);
      if (at < 0) throw unknownColumn(column.name, 'field list');
      if (value.kind === 'default' && value.column === undefined)
        return { at, make: expressions.assignedDefaultOf(at) };
      const bound = bindRowExpression(this.#syntax(value), scope, bindContext(scene));
      const evaluate = compile(bound);
      const convert = conversion(bound.type, columns[at]!.type, this.#insertion.mode);
      const place = {
        column: column.name,
        sqlMode: scene.functions.sqlMode(),
        warn: scene.functions.warn.bind(scene.functions),
      };
      const make = (row: readonly Value[]): Value => {
        batch.set(row).set(this.#variableValues, columns.length);
        const result = evaluate(batch, 0, context);
        return result === null ? null : convert(result, { ...place, row: this.#row });
      };
      return { at, make };
    });
    return (row) => {
      for (const { at, make } of made) row[at] = make(row);
    };
  }

  #syntax(value: Expression): Expression {
    return rewrite(withDefaults(value, this.#target.table.schema), (node) => {
      if (node.kind !== 'userVariable' || !holds(this.#variables, String(node['name']))) return undefined;
      return { ...node, kind: 'column', table: VARIABLES };
    });
  }

  *run(file: LocalFile): Steps<void> {
    let skipped = 0;
    const starting = this.#insertion.start();
    if (starting !== undefined) yield* starting;
    for (;;) {
      while (skipped < this.#statement.ignoreLines && this.#reader.skipLine()) skipped++;
      if (skipped === this.#statement.ignoreLines) yield* this.#rows();
      const bytes = yield* waitUnlessEnded(file.next());
      if (bytes === undefined) break;
      this.#reader.push(bytes);
      yield* this.#pause();
    }
    this.#reader.end();
    while (skipped < this.#statement.ignoreLines && this.#reader.skipLine()) skipped++;
    yield* this.#rows();
    for (const [i, name] of this.#variables.entries()) {
      this.#scene.functions.setUserVariable(name, { type: LONGTEXT, value: this.#variableValues[i]! });
    }
    yield* this.#insertion.finish();
  }

  *#rows(): Steps<void> {
    while (this.#reader.next(this.#places.length)) {
      const defaults = this.#place(this.#reader.fields);
      const converts = this.#convertsOf(this.#reader.fields.length);
      if (!this.#insertion.needsSteps) this.#insertion.take(this.#values, converts, defaults, this.#assign);
      else yield* this.#insertion.takeInSteps(this.#values, converts, defaults, this.#assign);
      if (++this.#row % ROWS_A_SLICE === 0) yield* this.#pause();
    }
  }

  *#pause(): Steps<void> {
    const wait = this.#scene.pause();
    if (wait !== undefined) yield wait;
  }

  /** Puts the fields of a row where they go; which of the values are to be defaults. */
  #place(fields: readonly (string | null)[]): ReadonlySet<number> | undefined {
    const values = this.#values;
    let defaults: Set<number> | undefined;
    for (let i = 0; i < this.#places.length; i++) {
      const place = this.#places[i]!;
      const field = i < fields.length ? fields[i]! : undefined;
      if (place.kind === 'variable') {
        this.#variableValues[place.at] = field === undefined || field === null ? null : this.#text(field);
        continue;
      }
      const column = this.#columns[place.field]!;
      if (field === undefined) {
        if (column.whenMissing === undefined) {
          defaults ??= new Set();
          defaults.add(place.field);
        }
      } else values[place.field] = this.#value(field, column);
    }
    if (fields.length !== this.#places.length) this.#warnOfCount(fields.length);
    return defaults;
  }

  #value(field: string | null, column: LoadedColumn): Value {
    if (field === null || (field === '' && column.emptyIsNull)) return null;
    return column.isBytes ? Buffer.from(field, 'latin1') : this.#text(field);
  }

  #text(bytes: string): string {
    return BEYOND_ASCII.test(bytes) ? this.#charset.decode(bytes) : bytes;
  }

  /** What columns get whose field is missing is in their type already. */
  #convertsOf(count: number): readonly Convert[] {
    if (count >= this.#places.length) return this.#converts;
    const converts = [...this.#converts];
    for (let i = count; i < this.#places.length; i++) {
      const place = this.#places[i]!;
      if (place.kind !== 'column') continue;
      converts[place.field] = keep;
      this.#values[place.field] = this.#columns[place.field]!.whenMissing ?? null;
    }
    return converts;
  }

  #warnOfCount(count: number): void {
    const row = this.#row + 1;
    const [code, message] =
      count < this.#places.length
        ? [1261, `Row ${row} doesn't contain data for all columns`]
        : [1262, `Row ${row} was truncated; it contained more data than there were input columns`];
    this.#scene.functions.warn({ level: 'Warning', code, message });
  }

  result(): StatementResult {
    const { rows, affected, duplicates } = this.#insertion.counts;
    assert(rows === this.#row, 'every row of the file is counted');
    const skipped = rows - (affected - duplicates);
    const warnings = this.#scene.session.warnings.length;
    return ok({
      change: 'insert',
      affectedRows: affected,
      info: `Records: ${rows}  Deleted: ${duplicates}  Skipped: ${skipped}  Warnings: ${warnings}`,
    });
  }
}

const BEYOND_ASCII = /[^\0-\x7f]/;

const keep: Convert = (value) => value;

function holds(names: readonly string[], name: string): boolean {
  return names.some((each) => each.toLowerCase() === name.toLowerCase());
}

function placesOf(fields: readonly { readonly kind: 'column' | 'user' | 'local' }[]): Place[] {
  let columns = 0;
  let variables = 0;
  return fields.map(({ kind }) =>
    kind === 'column' ? { kind: 'column', field: columns++ } : { kind: 'variable', at: variables++ },
  );
}

/** The INSERT that takes the rows. A client cannot be stopped from sending: LOCAL goes on after errors, as IGNORE does. */
function insertOf(statement: LoadDataStatement, names: readonly string[]): InsertStatement {
  const { start, end, table, duplicates, local } = statement;
  return {
    kind: 'insert',
    start,
    end,
    table,
    replace: duplicates === 'replace',
    ignore: duplicates === 'ignore' || (local && duplicates === undefined),
    partitions: [],
    columns: names.map((name) => ({ name, start, end })),
    source: { kind: 'rows', rows: [] },
    onDuplicate: [],
  };
}
