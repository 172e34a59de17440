/** SHOW COLUMNS, DESCRIBE and SHOW INDEX. */
import type { Steps } from '../../../repo/steps.ts';
import type { TableSource, ViewSource } from '../../catalog/catalog.ts';
import { defaultValueText, extraText, keyExpression, keyMark } from '../../catalog/describe-table.ts';
import type { SystemColumn } from '../../catalog/system-table.ts';
import type { Session } from '../../session/session.ts';
import { columnFilter } from '../../session/table-filter.ts';
import type { TableName } from '../../syntax/ast/node.ts';
import type { ShowStatement } from '../../syntax/ast/show-statements.ts';
import type { AsOf } from '../../syntax/ast/table-reference.ts';
import { noSuchTable } from '../../types/sql-error.ts';
import { BIGINT, collationOf } from '../../types/sql-type.ts';
import { displayTypeText } from '../../types/sql-type-text.ts';
import { evaluateAsOf } from '../constant.ts';
import type { StatementScene } from '../scene.ts';
import { missingTable } from '../target-table.ts';
import { viewColumns } from '../view-columns.ts';
import { named, type Row, type Shown, texts } from './shown.ts';

export function* sourceOf(table: TableName, asOf: AsOf | undefined, scene: StatementScene): Steps<TableSource> {
  const source = scene.catalog.table({ ...table, asOf: yield* evaluateAsOf(asOf, scene) });
  if (source === undefined) throw missingTable(table, scene);
  if (source.kind !== 'view') return source;
  return viewAsTable(source, scene);
}

/** A view's columns, as of a table without rows. */
function viewAsTable(view: ViewSource, scene: StatementScene): TableSource {
  const { database, name } = view;
  return { kind: 'virtual', database, name, columns: viewColumns(view, scene), rows: () => [] };
}

export function showColumns(
  source: TableSource,
  { full, extended }: Pick<ShowStatement, 'full' | 'extended'>,
  session: Session,
): Shown {
  const names = full
    ? ['Field', 'Type', 'Collation', 'Null', 'Key', 'Default', 'Extra', 'Privileges', 'Comment']
    : ['Field', 'Type', 'Null', 'Key', 'Default', 'Extra'];
  if (source.kind === 'view') throw noSuchTable(source.name, source.database);
  const schema = source.kind === 'table' ? source.table.schema : undefined;
  const rows = source.columns.flatMap((sourceColumn, i): Row[] => {
    const { name, type, nullable, comment, key, system } = sourceColumn as SystemColumn;
    if (system && !extended) return [];
    const definition = schema?.columns[i];
    const mark = schema === undefined ? (key ?? '') : keyMark(schema, i);
    const fallback = definition === undefined ? null : defaultValueText(definition);
    const extra = definition === undefined ? '' : extraText(definition);
    // The collation has a column of its own, in SHOW FULL COLUMNS.
    const shownType = displayTypeText(type, collationOf(type));
    const start: Row = full ? [name, shownType, collationOf(type) ?? null] : [name, shownType];
    const rest: Row = [nullable ? 'YES' : 'NO', mark, fallback, extra];
    return [full ? [...start, ...rest, '', comment ?? ''] : [...start, ...rest]];
  });
  const isShown = columnFilter(source.database, source.name, session);
  return { columns: texts(...names), rows: rows.filter(([name]) => isShown(String(name))) };
}

export function showIndexes(source: TableSource): Shown {
  const columns = named(
    'Table Non_unique Key_name Seq_in_index Column_name Collation Cardinality Sub_part Packed Null ' +
      'Index_type Comment Index_comment Visible Expression',
  ).map((c) =>
    ['Non_unique', 'Seq_in_index', 'Cardinality', 'Sub_part'].includes(c.name) ? { ...c, type: BIGINT } : c,
  );
  if (source.kind !== 'table') return { columns, rows: [] };
  const { schema } = source.table;
  const rows: Row[] = [];
  const add = (
    key: string,
    positions: readonly number[],
    unique: boolean,
    comment: string,
    lengths: readonly number[],
    fullText: boolean,
  ): void => {
    positions.forEach((position, i) => {
      const column = schema.columns[position]!;
      const { name, nullable, hiddenSystem } = column;
      const length = lengths[i] ?? 0;
      rows.push([
        source.name,
        unique ? 0 : 1,
        key,
        i + 1,
        hiddenSystem ? null : name,
        fullText ? null : 'A',
        source.table.entryCount,
        length > 0 ? length : null,
        null,
        nullable ? 'YES' : '',
        fullText ? 'FULLTEXT' : 'BTREE',
        '',
        comment,
        'YES',
        hiddenSystem ? keyExpression(column) : null,
      ]);
    });
  };
  if (schema.primaryKey.length > 0) add('PRIMARY', schema.primaryKey, true, '', [], false);
  for (const { name, columns: positions, unique, comment, prefixLengths, fullText } of schema.indexes) {
    add(name, positions, unique, comment, prefixLengths, fullText !== undefined);
  }
  return { columns, rows, name: 2 };
}
