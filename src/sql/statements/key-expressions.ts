/**
 * Functional key parts (MySQL 8.0, "Functional Key Parts" of CREATE INDEX). Each expression of an index is a column that nobody
 * sees: virtual, nullable, named after the index and the part, of the type that the expression has. The index is one over
 * columns; everything that computes virtual columns keeps it.
 */
import { type ColumnDefinition, newColumn, type TableSchema } from '../../table/schema.ts';
import { bindRowExpression } from '../bind/bind-query.ts';
import { encodingOf } from '../bind/column-type.ts';
import { sourceColumns, storedType } from '../catalog/table-columns.ts';
import type { Expression } from '../expressions/expression.ts';
import { isVolatile, operandsOf, someExpression } from '../plan/expression-tree.ts';
import type { Expression as Syntax } from '../syntax/ast/expression.ts';
import type { IndexSyntax } from '../syntax/ast/table-elements.ts';
import { parseExpression } from '../syntax/parse.ts';
import { keyColumnMissing, SqlError } from '../types/sql-error.ts';
import { type SqlType, varbinary, varchar } from '../types/sql-type.ts';
import { storedTypeText } from '../types/sql-type-text.ts';
import { movedSchema } from './alter-table/altered-schema.ts';
import { expressionText } from './default-text.ts';
import { isUnstable } from './definition-expressions.ts';
import { rowColumns } from './row-expressions.ts';
import { bindContext, type StatementScene } from './scene.ts';
import { bareNames, namesIn, quotedNames } from './stored-names.ts';
import { someNode } from './syntax-walk.ts';

/** The most characters that a VARCHAR has. */
const LONGEST_TEXT = 16383;
const LONGEST_BYTES = 65532;

/** Their result is no longer than their first argument. */
const SHORTENING = new Set(
  ['lower', 'lcase', 'upper', 'ucase', 'trim', 'ltrim', 'rtrim', 'reverse', 'left', 'right'].concat(
    ['substring', 'substr', 'mid', 'substring_index'], // never add to a text
  ),
);

export interface KeyWithColumns {
  /** With names of columns alone. */
  readonly syntax: IndexSyntax;
  /** Those that the index's expressions need, without tags; they come after the table's own. */
  readonly added: readonly ColumnDefinition[];
}

/**
 * An index whose expressions have become columns. `names`: those of the table's other indexes, lower case. Throws MySQL's
 * refusals: 3753, 3754, 3756 to 3760, 3762.
 */
export function withKeyExpressions(
  syntax: IndexSyntax,
  schema: TableSchema,
  names: ReadonlySet<string>,
  scene: StatementScene,
): KeyWithColumns {
  for (const { column } of syntax.parts) {
    const isSystem = schema.columns.some(({ name, hiddenSystem }) => hiddenSystem && name === column);
    if (column !== undefined && isSystem) throw keyColumnMissing(column);
  }
  if (syntax.parts.every(({ expression }) => expression === undefined)) return { syntax, added: [] };
  if (syntax.type === 'primary') throw new SqlError(3756, 'HY000', 'The primary key cannot be a functional index');
  if (syntax.type === 'fulltext') throw new SqlError(3759, 'HY000', 'Fulltext functional index is not supported.');
  if (syntax.type === 'spatial') throw new SqlError(3760, 'HY000', 'Spatial functional index is not supported.');
  const isUnnamed = syntax.name === undefined && syntax.parts[0]!.expression !== undefined;
  const name = isUnnamed ? freeName(names) : (syntax.name ?? syntax.parts[0]!.column!);
  const added: ColumnDefinition[] = [];
  const parts = syntax.parts.map(({ expression, ...part }, i) => {
    if (expression === undefined) return part;
    const column = systemColumn(expression, name, i, schema, scene);
    added.push(column);
    return { ...part, column: column.name };
  });
  return { syntax: { ...syntax, ...(isUnnamed ? { name } : {}), parts }, added };
}

function freeName(names: ReadonlySet<string>): string {
  if (!names.has('functional_index')) return 'functional_index';
  for (let i = 2; ; i++) if (!names.has(`functional_index_${i}`)) return `functional_index_${i}`;
}

function systemColumn(
  expression: Syntax,
  index: string,
  part: number,
  schema: TableSchema,
  scene: StatementScene,
): ColumnDefinition {
  const type = keyType(expression, index, schema, scene);
  const name = `!hidden!${index}!${part}!0`;
  return {
    ...newColumn({ name, tag: 0, sqlType: storedTypeText(type), encoding: encodingOf(type), nullable: true }),
    ...{ generated: bareNames(expressionText(expression)), virtual: true, hiddenSystem: true },
  };
}

/** The type of the column that holds the expression. */
function keyType(expression: Syntax, index: string, schema: TableSchema, scene: StatementScene): SqlType {
  if (expression.kind === 'column') {
    const message = 'Functional index on a column is not supported. Consider using a regular index instead.';
    throw new SqlError(3762, 'HY000', message);
  }
  if (someNode(expression, (node) => isUnstable(node) || node.kind === 'parameter')) throw disallowed(index);
  const bound = bindRowExpression(expression, rowColumns(sourceColumns(schema), ''), bindContext(scene));
  if (isVolatile(bound) || someExpression(bound, ({ kind }) => kind === 'systemVariable')) throw disallowed(index);
  if (someExpression(bound, (node) => node.kind === 'column' && schema.columns[node.index]!.autoIncrement)) {
    throw new SqlError(3754, 'HY000', `Functional index '${index}' cannot refer to an auto-increment column.`);
  }
  const { type } = bound;
  switch (type.kind) {
    case 'json':
    case 'geometry': {
      const message = 'Cannot create a functional index on a function that returns a JSON or GEOMETRY value.';
      throw new SqlError(3753, 'HY000', message);
    }
    case 'null':
      return varbinary(0);
    case 'integer':
      return { kind: 'integer', bits: type.bits, unsigned: type.unsigned, ...(type.boolean ? { width: 1 } : {}) };
    case 'year':
      return type;
    case 'text':
      return textType(bound, type.collation);
    case 'blob':
      if (readsLargeObject(bound)) throw onLargeObject();
      return varbinary(LONGEST_BYTES);
    default:
      return type;
  }
}

/** How long a text can get is not known of most functions: then it may have any length that VARCHAR takes. */
function textType(bound: Expression, collation: string): SqlType {
  if (readsLargeObject(bound)) throw onLargeObject();
  if (bound.kind === 'call' && SHORTENING.has(bound.call.function.name)) {
    const { type } = unconverted(bound.call.args[0]!);
    if (type.kind === 'char' || type.kind === 'varchar') return { ...type, kind: 'varchar', collation };
  }
  return varchar(LONGEST_TEXT, collation);
}

function unconverted(expression: Expression): Expression {
  return expression.kind === 'convert' ? unconverted(expression.operand) : expression;
}

/** Whether a TEXT, a BLOB or a document decides about the result, and no CAST says how long that is. */
function readsLargeObject(bound: Expression): boolean {
  const isLarge = ({ type: { kind } }: Expression): boolean => kind === 'text' || kind === 'blob' || kind === 'json';
  if (!isLarge(bound)) return false;
  if (bound.kind === 'column') return true;
  return operandsOf(bound).some(readsLargeObject);
}

function onLargeObject(): SqlError {
  const message =
    'Cannot create a functional index on an expression that returns a BLOB or TEXT. Please consider using CAST.';
  return new SqlError(3757, 'HY000', message);
}

function disallowed(index: string): SqlError {
  return new SqlError(3758, 'HY000', `Expression of functional index '${index}' contains a disallowed function.`);
}

/** Throws where an index's expression reads the column: it can be neither dropped nor renamed. */
export function assertNoKeyExpression({ columns }: TableSchema, name: string): void {
  for (const { generated, hiddenSystem } of columns) {
    if (!hiddenSystem || !namesIn(quotedNames(generated)).includes(name.toLowerCase())) continue;
    const message = `Column '${name}' has a functional index dependency and cannot be dropped or renamed.`;
    throw new SqlError(3837, 'HY000', message, 'conflict');
  }
}

/** The schema without the columns of expressions that no index has any more. */
export function withoutUnusedExpressions(schema: TableSchema): TableSchema {
  const used = new Set(schema.indexes.flatMap(({ columns }) => columns));
  const kept = schema.columns.filter(({ hiddenSystem }, at) => !hiddenSystem || used.has(at));
  if (kept.length === schema.columns.length) return schema;
  return movedSchema(schema, kept, (old) => kept.indexOf(schema.columns[old]!));
}

/** The schema with the types that its indexes' expressions have now, after the column `changed` got another type. */
export function withKeyTypes(schema: TableSchema, changed: string, scene: StatementScene): TableSchema {
  const columns = schema.columns.map((column) => {
    if (!column.hiddenSystem || !namesIn(quotedNames(column.generated)).includes(changed.toLowerCase())) return column;
    const index = schema.indexes.find((other) => other.columns.some((at) => schema.columns[at] === column));
    const expression = parseExpression(quotedNames(column.generated));
    const type = keyType(expression, index?.name ?? '', schema, scene);
    if (storedTypeText(type) === storedTypeText(storedType(column.sqlType))) return column;
    return { ...column, sqlType: storedTypeText(type), encoding: encodingOf(type) };
  });
  return schema.with({ columns });
}
