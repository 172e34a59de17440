/** The tables of full-text indexes where rows of their table changed by other ways than one by one. */
import { DoltError } from '../base/errors.ts';
import { FullTextEditor } from '../table/full-text/full-text-editor.ts';
import {
  fullTextIndexes,
  fullTextTables,
  isFullTextTable,
  tablesOfIndex,
} from '../table/full-text/full-text-tables.ts';
import { cardinalityDecoder, decodeRowAt } from '../table/row-codec.ts';
import { Table } from '../table/table.ts';
import type { Value } from '../tuple/value.ts';
import type { MergeExpressions } from './merge/merge-expressions.ts';
import type { RootValue } from './root-value.ts';

/** The root with the words of table `name` counted anew. Its virtual columns need `expressions`. */
export function withWordsOf(root: RootValue, name: string, expressions: MergeExpressions | undefined): RootValue {
  const table = root.table(name)!;
  const names = fullTextIndexes(table.schema).flatMap(({ fullText }) => tablesOfIndex(fullText));
  if (names.length === 0) return root;
  const empty = new Map(names.map((each) => [each, emptied(root.table(each), each)]));
  const editor = new FullTextEditor(table.schema, (each) => empty.get(each));
  const complete = completer(table, name, expressions);
  const cardinalities: Value[] = [];
  const cardinality = table.schema.isKeyless ? cardinalityDecoder(table.schema) : undefined;
  for (const { node, from, to } of table.rows.scan()) {
    cardinalities.length = 0;
    cardinality?.(node, from, to, cardinalities);
    for (let i = from; i < to; i++) {
      const row = decodeRowAt(table.schema, node, i, table.store);
      complete(row);
      const times = Number(cardinalities[i - from] ?? 1);
      for (let n = 0; n < times; n++) editor.insert(row);
    }
  }
  return root.withTables(editor.finish());
}

function emptied(table: Table | undefined, name: string): Table {
  if (table === undefined) throw new DoltError('corrupt', `table ${name} of a full-text index is missing`);
  return Table.create(table.store, table.schema);
}

/** Computes virtual columns in place: hashes of rows cover them. */
function completer({ schema }: Table, name: string, expressions: MergeExpressions | undefined): (row: Value[]) => void {
  const virtual = schema.columns.flatMap((column, i) => (column.virtual ? [i] : []));
  if (virtual.length === 0) return () => {};
  if (expressions === undefined) {
    throw new DoltError('unsupported', `full-text indexes of table ${name} need its virtual columns computed`);
  }
  const makers = virtual.map((column) => [column, expressions.columnValue(name, schema, column)] as const);
  return (row) => {
    for (const [column, make] of makers) row[column] = make(row);
  };
}

/** The root without tables of full-text indexes that are not there. */
export function withoutForeignWords(root: RootValue): RootValue {
  const names = root.tableNames();
  const parts = names.filter(isFullTextTable);
  if (parts.length === 0) return root;
  const used = new Set(
    names.flatMap((name) => (isFullTextTable(name) ? [] : fullTextTables(root.table(name)!.schema))),
  );
  const orphans = parts.filter((name) => !used.has(name));
  return orphans.length === 0 ? root : root.withTables(new Map(orphans.map((name) => [name, undefined])));
}
