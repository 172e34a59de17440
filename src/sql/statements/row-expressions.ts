/**
 * The expressions that a table's definition holds as text: defaults, ON UPDATE, generated columns, checks. They are bound
 * over a row whose columns stand in table order, once where they can be kept, and compiled once a statement.
 */
import type { TableSchema } from '../../table/schema.ts';
import type { Value } from '../../tuple/value.ts';
import { bindRowExpression, type RowColumn } from '../bind/bind-query.ts';
import type { SourceColumn } from '../catalog/catalog.ts';
import type { Batch } from '../expressions/batch.ts';
import { truth } from '../expressions/build.ts';
import { compile, type Evaluate } from '../expressions/compile.ts';
import type { EvaluationContext } from '../expressions/evaluation-context.ts';
import type { Expression as Syntax } from '../syntax/ast/expression.ts';
import { parseExpression } from '../syntax/parse.ts';
import { type Convert, type ConvertScene, conversion } from '../types/convert.ts';
import { noDefault, unknownColumn } from '../types/sql-error.ts';
import type { SqlType } from '../types/sql-type.ts';
import { type StoredExpression, storedExpressionOf } from './kept-expressions.ts';
import { bindContext, evaluationContext, type RowScene } from './scene.ts';
import { rewrite, someNode } from './syntax-walk.ts';

/** A value for a column, made from a row. */
export type MakeValue = (row: readonly Value[]) => Value;

/** A row as a batch of one: the columns are reused, so only one row at a time. */
export class RowBatch implements Batch {
  readonly length = 1;
  readonly columns: Value[][];
  constructor(width: number) {
    this.columns = Array.from({ length: width }, () => [null]);
  }
  set(row: readonly Value[], at = 0): this {
    for (let i = 0; i < row.length; i++) this.columns[at + i]![0] = row[i]!;
    return this;
  }
}

export function rowColumns(columns: readonly SourceColumn[], table: string): RowColumn[] {
  return columns.map(({ name, type, nullable, system }) => ({
    ...{ table, name, type, nullable },
    ...(system ? { system } : {}),
  }));
}

/** The original stores an empty binary default as `0x`, which is a name to the parser. */
function storedExpression(text: string): Syntax {
  return rewrite(parseExpression(text === '0x' ? "x''" : text), (node) => {
    if (node.kind !== 'column' || node['table'] === undefined) return undefined;
    // A name of the table may be one that it has no more.
    const { table: _, database: __, ...column } = node;
    return column;
  });
}

export class RowExpressions {
  readonly #scene: RowScene;
  readonly #columns: readonly SourceColumn[];
  readonly #table: string;
  readonly #schema: TableSchema;
  readonly #context: EvaluationContext;
  readonly #batch: RowBatch;
  readonly #convertScene: ConvertScene;

  constructor(schema: TableSchema, columns: readonly SourceColumn[], table: string, scene: RowScene) {
    this.#scene = scene;
    this.#schema = schema;
    this.#columns = columns;
    this.#table = table;
    this.#context = evaluationContext(scene);
    this.#batch = new RowBatch(columns.length);
    this.#convertScene = { sqlMode: scene.functions.sqlMode(), warn: (warning) => scene.functions.warn(warning) };
  }

  #bind(text: string, clause?: string): StoredExpression {
    return storedExpressionOf(this.#columns, text, this.#scene, (session) => {
      const syntax = storedExpression(text);
      const columns = rowColumns(this.#columns, this.#table);
      return { syntax, bound: bindRowExpression(syntax, columns, { ...bindContext(this.#scene), session }, clause) };
    });
  }

  #evaluate(evaluate: Evaluate): MakeValue {
    return (row) => evaluate(this.#batch.set(row), 0, this.#context);
  }

  /** The expression's value in the column's type. */
  #stored(column: number, text: string, clause?: string): { make: MakeValue; syntax: Syntax } {
    const { syntax, bound } = this.#bind(text, clause);
    const { type, name } = this.#columns[column]!;
    const convert = conversion(bound.type, type, 'strict');
    const evaluate = compile(bound);
    const scene: ConvertScene = { ...this.#convertScene, column: name };
    const make: MakeValue = (row) => {
      const value = evaluate(this.#batch.set(row), 0, this.#context);
      return value === null ? null : convert(value, scene);
    };
    return { make, syntax };
  }

  /**
   * The default of a column; undefined when it has none. A literal is evaluated once. An ENUM without NULL always has
   * one: its first member.
   */
  defaultOf(column: number): MakeValue | undefined {
    const { defaultValue, generated, nullable } = this.#schema.columns[column]!;
    if (generated !== '') return undefined;
    if (defaultValue === '') return nullable || this.#columns[column]!.type.kind !== 'enum' ? undefined : () => 1;
    const { make, syntax } = this.#stored(column, defaultValue);
    const varies = someNode(syntax, ({ kind }) => kind === 'call' || kind === 'column' || kind === 'userVariable');
    if (varies) return make;
    const value = make([]);
    return () => value;
  }

  /** What `SET column = DEFAULT` stores. It throws 1364 where there is no default. */
  assignedDefaultOf(column: number): MakeValue {
    const { name, nullable, generated } = this.#schema.columns[column]!;
    return (
      this.defaultOf(column) ??
      (() => {
        if (!nullable && generated === '') throw noDefault(name);
        return null;
      })
    );
  }

  onUpdateOf(column: number): MakeValue | undefined {
    const { onUpdate } = this.#schema.columns[column]!;
    return onUpdate === '' ? undefined : this.#stored(column, onUpdate).make;
  }

  generatedOf(column: number): MakeValue | undefined {
    const { generated } = this.#schema.columns[column]!;
    return generated === '' ? undefined : this.#stored(column, generated, 'generated column function').make;
  }

  /** Whether a row passes an enforced check (NULL passes). */
  check(text: string): (row: readonly Value[]) => boolean {
    const { bound } = this.#bind(text);
    const evaluate = this.#evaluate(compile(truth(bound)));
    return (row) => evaluate(row) !== 0;
  }
}

/** The syntax with every DEFAULT(column) replaced by that column's default. Throws 1054 and 1364. */
export function withDefaults(syntax: Syntax, schema: TableSchema): Syntax {
  return rewrite(syntax, (node) => {
    if (node.kind !== 'default' || node['column'] === undefined) return undefined;
    const { name } = node['column'] as { readonly name: string };
    const column = schema.columns[schema.columnPosition(name)];
    if (column === undefined) throw unknownColumn(name, 'field list');
    if (column.defaultValue === '' && !column.nullable) throw noDefault(column.name);
    return storedExpression(column.defaultValue === '' ? 'NULL' : column.defaultValue);
  });
}

/** Values into columns' types, one conversion a pair of types. */
export function converter(from: SqlType, to: SqlType, mode: 'strict' | 'lenient'): Convert {
  return conversion(from, to, mode);
}
