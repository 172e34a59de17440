/** Columns from their syntax: everything but the tag, which depends on the other columns of the database. */
import type { ColumnDefinition } from '../../table/schema.ts';
import { columnType, encodingOf } from '../bind/column-type.ts';
import type { ColumnSyntax } from '../syntax/ast/table-elements.ts';
import { identifierTooLong, invalidDefault, SqlError } from '../types/sql-error.ts';
import type { CollationName, SqlType } from '../types/sql-type.ts';
import { storedTypeText } from '../types/sql-type-text.ts';
import { currentTimestampText, defaultText, expressionText } from './default-text.ts';
import { assertDefault, assertGenerated } from './definition-expressions.ts';
import type { StatementScene } from './scene.ts';

/** A column whose tag is still 0. `inPrimaryKey` makes it NOT NULL. */
export function draftColumn(
  syntax: ColumnSyntax,
  tableCollation: CollationName,
  inPrimaryKey: boolean,
  scene: StatementScene,
): ColumnDefinition {
  const { name, generated } = syntax;
  if (name === '' || name.endsWith(' ')) throw new SqlError(1166, '42000', `Incorrect column name '${name}'`);
  if (name.length > 64) throw identifierTooLong(name);
  const type = columnType(syntax.type, tableCollation, name);
  if (generated !== undefined) assertGenerated(generated.expression, name);
  if (syntax.default !== undefined) assertDefault(syntax.default.expression, name);
  const isSerial = syntax.type.serial === true;
  const notNull = syntax.nullable === false || inPrimaryKey || isSerial || syntax.key === 'primary';
  if (syntax.nullable === true && (inPrimaryKey || syntax.key === 'primary')) {
    throw new SqlError(
      1171,
      '42000',
      'All parts of a PRIMARY KEY must be NOT NULL; if you need NULL in a key, use UNIQUE instead',
    );
  }
  const autoIncrement = syntax.autoIncrement || isSerial;
  if (autoIncrement && !['integer', 'float', 'double'].includes(type.kind))
    throw new SqlError(1063, '42000', `Incorrect column specifier for column '${name}'`);
  if (autoIncrement && syntax.default !== undefined) throw invalidDefault(name);
  return {
    name,
    tag: 0,
    sqlType: storedTypeText(type),
    encoding: encodingOf(type),
    nullable: !notNull && !autoIncrement,
    autoIncrement,
    defaultValue: syntax.default === undefined ? '' : defaultText(syntax.default, name, type, !notNull, scene),
    onUpdate: onUpdateText(syntax, type),
    generated: generated === undefined ? '' : expressionText(generated.expression),
    virtual: generated !== undefined && !generated.stored,
    comment: syntax.comment ?? '',
    hidden: syntax.visible === false,
  };
}

function onUpdateText({ name, onUpdate }: ColumnSyntax, type: SqlType): string {
  if (onUpdate === undefined) return '';
  const text = currentTimestampText(onUpdate);
  const precision = Number(/\d+/.exec(text ?? '')?.[0] ?? 0);
  const fits = (type.kind === 'datetime' || type.kind === 'timestamp') && type.precision === precision;
  if (text === undefined || !fits) {
    throw new SqlError(1294, 'HY000', `Invalid ON UPDATE clause for '${name}' column`);
  }
  return text;
}
