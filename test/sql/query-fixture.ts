/**
 * A database in memory for tests of queries: CREATE TABLE, CREATE VIEW and INSERT … VALUES straight onto tables, and
 * queries through bind, optimize and execute, every pass verified.
 */
import { MemoryChunkStore } from '../../src/chunks/memory-chunk-store.ts';
import { NodeStore } from '../../src/prolly/node-store.ts';
import { bindQuery } from '../../src/sql/bind/bind-query.ts';
import { columnType, encodingOf } from '../../src/sql/bind/column-type.ts';
import type { Catalog, TableName, TableSource, VirtualSource } from '../../src/sql/catalog/catalog.ts';
import { sourceColumns } from '../../src/sql/catalog/table-columns.ts';
import { execute } from '../../src/sql/execute/execute.ts';
import { type ExecutionContext, isWait } from '../../src/sql/execute/operator.ts';
import { StatementMemory } from '../../src/sql/execute/statement-memory.ts';
import { ONE_ROW } from '../../src/sql/expressions/batch.ts';
import { compile } from '../../src/sql/expressions/compile.ts';
import type { SessionView, TypedValue } from '../../src/sql/expressions/session-view.ts';
import { type OptimizeOptions, optimize } from '../../src/sql/optimize/optimize.ts';
import { explain } from '../../src/sql/plan/explain.ts';
import type { Plan } from '../../src/sql/plan/plan.ts';
import type { Query } from '../../src/sql/syntax/ast/query.ts';
import type { InsertStatement } from '../../src/sql/syntax/ast/row-statements.ts';
import type { CreateTableStatement } from '../../src/sql/syntax/ast/table-statements.ts';
import { parseStatements } from '../../src/sql/syntax/parse.ts';
import { convertTo } from '../../src/sql/types/convert.ts';
import { formatValue } from '../../src/sql/types/format.ts';
import { DEFAULT_COLLATION, type SqlType } from '../../src/sql/types/sql-type.ts';
import { storedTypeText } from '../../src/sql/types/sql-type-text.ts';
import { type IndexDefinition, TableSchema } from '../../src/table/schema.ts';
import { Table } from '../../src/table/table.ts';
import { TableEditor } from '../../src/table/table-editor.ts';
import type { Value } from '../../src/tuple/value.ts';
import { TestSession } from './functions/evaluate.ts';

export interface Answer {
  readonly names: readonly string[];
  readonly types: readonly SqlType[];
  readonly rows: readonly (readonly Value[])[];
  readonly plan: Plan;
}

export class TestDatabase {
  readonly #store = new NodeStore(new MemoryChunkStore());
  readonly #tables = new Map<string, Table>();
  readonly #views = new Map<string, { text: string; columns?: readonly string[] }>();
  readonly virtual = new Map<string, VirtualSource>();
  readonly session: SessionView;

  constructor(sqlMode: readonly string[] = ['ONLY_FULL_GROUP_BY', 'STRICT_TRANS_TABLES']) {
    this.session = { ...new TestSession().view, sqlMode: () => new Set(sqlMode) };
  }

  readonly catalog: Catalog = {
    currentDatabase: 'db',
    table: ({ name }: TableName): TableSource | undefined => {
      const key = name.toLowerCase();
      const virtual = this.virtual.get(key);
      if (virtual) return virtual;
      const view = this.#views.get(key);
      if (view) {
        const { text, columns } = view;
        const names = columns ? { columnNames: columns } : {};
        return {
          kind: 'view',
          rights: undefined,
          database: 'db',
          name,
          text,
          sqlMode: '',
          catalog: this.catalog,
          ...names,
        };
      }
      const table = this.#tables.get(key);
      return table && { kind: 'table', database: 'db', name: key, table, columns: sourceColumns(table.schema) };
    },
    tableFunction: () => undefined,
  };

  /** Runs statements; the answer of the last query. */
  run(script: string, options: OptimizeOptions = {}, parameters: readonly TypedValue[] = []): Answer | undefined {
    let answer: Answer | undefined;
    for (const { statement, script: text } of parseStatements(script)) {
      switch (statement.kind) {
        case 'createTable':
          this.#create(statement);
          break;
        case 'createView': {
          const { query, columns } = statement;
          this.#views.set(statement.view.name.toLowerCase(), {
            text: text.slice(query.start, query.end),
            ...(columns ? { columns: columns } : {}),
          });
          break;
        }
        case 'insert':
          this.#insert(statement);
          break;
        case 'select':
          answer = this.query(statement.query, options, parameters);
          break;
        default:
          throw new Error(`the fixture knows no ${statement.kind}`);
      }
    }
    return answer;
  }

  query(query: Query, options: OptimizeOptions = {}, parameters: readonly TypedValue[] = []): Answer {
    const context: ExecutionContext = {
      slots: [],
      parameters: parameters.map((p) => p.value),
      session: this.session,
      pause: () => undefined,
      memory: new StatementMemory(2 ** 30),
      recursionLimit: 1000,
      tableOf: ({ table }) => table,
    };
    const bound = bindQuery(query, { catalog: this.catalog, session: this.session, parameters });
    const plan = optimize(bound.plan, context, { verify: true, ...options });
    const rows: Value[][] = [];
    for (const item of execute(plan, context)) {
      if (isWait(item)) continue;
      for (let row = 0; row < item.length; row++) rows.push(bound.columns.map((_, c) => item.columns[c]![row]!));
    }
    return { names: bound.columns.map((c) => c.name), types: bound.columns.map((c) => c.type), rows, plan };
  }

  /** A table's content, replaced. For big tables. */
  setTable(name: string, change: (table: Table) => Table): void {
    this.#tables.set(name, change(this.#tables.get(name)!));
  }

  #create(statement: CreateTableStatement): void {
    const columns = statement.elements.filter((e) => e.kind === 'column');
    const indexes = statement.elements.filter((e) => e.kind === 'index');
    const position = (name: string): number => columns.findIndex((c) => c.name.toLowerCase() === name.toLowerCase());
    const written = indexes.find((i) => i.type === 'primary');
    const primaryKey = written
      ? written.parts.map((p) => position(p.column!))
      : columns.flatMap((c, i) => (c.key === 'primary' ? [i] : []));
    const definitions = columns.map((c, i) => {
      const type = columnType(c.type, DEFAULT_COLLATION, c.name);
      return {
        name: c.name,
        tag: i + 1,
        sqlType: storedTypeText(type),
        encoding: encodingOf(type),
        nullable: c.nullable !== false && !primaryKey.includes(i),
        autoIncrement: false,
        defaultValue: '',
        onUpdate: '',
        generated: '',
        virtual: false,
        comment: '',
        hidden: false,
      };
    });
    const schema = new TableSchema({
      columns: definitions,
      primaryKey,
      indexes: indexes
        .filter((i) => i.type !== 'primary')
        .map(
          (i): IndexDefinition => ({
            name: i.name ?? i.parts[0]!.column!,
            columns: i.parts.map((p) => position(p.column!)),
            unique: i.type === 'unique',
            comment: '',
            systemDefined: false,
            prefixLengths: i.parts.some((p) => p.length) ? i.parts.map((p) => (p.length ?? 0) * 4) : [],
            spatial: false,
            predicate: '',
          }),
        ),
      checks: [],
      collation: 309,
      comment: '',
    });
    this.#tables.set(statement.table.name.toLowerCase(), Table.create(this.#store, schema));
  }

  #insert(statement: InsertStatement): void {
    const name = statement.table.name.toLowerCase();
    const table = this.#tables.get(name)!;
    if (statement.source.kind !== 'rows') throw new Error('the fixture inserts VALUES only');
    const columns = sourceColumns(table.schema);
    const targets = statement.columns?.map((c) => table.schema.columnPosition(c.name)) ?? columns.map((_, i) => i);
    const editor = new TableEditor(table);
    for (const row of statement.source.rows) {
      const values: Value[] = columns.map(() => null);
      row.forEach((member, i) => {
        const query: Query = selectOf(member);
        const { plan, columns: made } = bindQuery(query, { catalog: this.catalog, session: this.session });
        if (plan.kind !== 'project') throw new Error('a value is a projection');
        const context = { slots: [], parameters: [], session: this.session };
        const value = compile(plan.computed[0]!.expression)(ONE_ROW, 0, context);
        values[targets[i]!] = convertTo(value, made[0]!.type, columns[targets[i]!]!.type, 'strict');
      });
      editor.insert(values);
    }
    const inserted = editor.finish();
    // As a COMMIT does: estimates look at trees.
    for (const map of [inserted.rows, ...inserted.indexes.values()]) map.settle();
    this.#tables.set(name, inserted);
  }
}

function selectOf(expression: import('../../src/sql/syntax/ast/expression.ts').Expression): Query {
  const { start, end } = expression;
  return {
    kind: 'query',
    body: {
      kind: 'select',
      distinct: false,
      options: [],
      items: [{ kind: 'expression', expression, label: '', start, end }],
      from: [],
      groupBy: [],
      rollup: false,
      windows: [],
      start,
      end,
    },
    orderBy: [],
    locks: [],
    start,
    end,
  };
}

/** Rows as text: columns separated by ` | `. */
export function printed(answer: Answer): string[] {
  return answer.rows.map((row) => row.map((value, c) => formatValue(value, answer.types[c]!)).join(' | '));
}

export function explained(answer: Answer): string {
  return explain(answer.plan).join('\n');
}
