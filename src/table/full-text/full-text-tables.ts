/**
 * The tables in which the words of a full-text index are: for each index the places of words, their counts by row and over
 * all rows, and the rows that are counted; one without rows for all indexes of a table. They lie beside the table in the
 * root; the table's schema names them.
 */
import type { FullTextDefinition, IndexDefinition, TableSchema } from '../schema.ts';

/** By which columns the tables of an index know a row. The numbers are stored. */
export const KeyType = { primary: 0, unique: 1, none: 2 } as const;

export interface RowKey {
  readonly type: (typeof KeyType)[keyof typeof KeyType];
  /** Of a unique index; else ''. */
  readonly name: string;
  /** Positions of its columns; none where a hash stands for the row. */
  readonly positions: readonly number[];
}

/** The primary key, else the first unique index without nullable columns, else none. */
export function rowKeyOf(schema: TableSchema): RowKey {
  if (!schema.isKeyless) return { type: KeyType.primary, name: '', positions: schema.primaryKey };
  const unique = schema.indexes.find(
    ({ unique, columns, predicate, prefixLengths }) =>
      unique && predicate === '' && prefixLengths.length === 0 && columns.every((i) => !schema.columns[i]!.nullable),
  );
  if (unique === undefined) return { type: KeyType.none, name: '', positions: [] };
  return { type: KeyType.unique, name: unique.name, positions: unique.columns };
}

const OF_AN_INDEX = ['position', 'doc_count', 'global_count', 'row_count'] as const;

/** Whether a table of this name is part of a full-text index. */
export function isFullTextTable(name: string): boolean {
  return /^dolt_.*_fts_(config|position|doc_count|global_count|row_count)$/i.test(name);
}

/** The names of the tables of a new index, which begin with none that is there. */
export function freeTableNames(table: string, index: string, existing: readonly string[]): NamedTables {
  const taken = existing.map((name) => name.toLowerCase());
  const prefixOf = (number: number): string => `dolt_${table}_${index}_${number}`.toLowerCase();
  let number = 0;
  while (taken.some((name) => name.startsWith(prefixOf(number)))) number++;
  const [positionTable, documentCountTable, globalCountTable, rowCountTable] = OF_AN_INDEX.map(
    (part) => `${prefixOf(number)}_fts_${part}`,
  ) as [string, string, string, string];
  return {
    configTable: `dolt_${table}_fts_config`,
    positionTable,
    documentCountTable,
    globalCountTable,
    rowCountTable,
  };
}

export type NamedTables = Omit<FullTextDefinition, 'keyType' | 'keyName' | 'keyPositions'>;

/** Of an index whose tables are not made yet. */
export const UNPLACED: FullTextDefinition = {
  configTable: '',
  positionTable: '',
  documentCountTable: '',
  globalCountTable: '',
  rowCountTable: '',
  keyType: KeyType.none,
  keyName: '',
  keyPositions: [],
};

export const isPlaced = ({ positionTable }: FullTextDefinition): boolean => positionTable !== '';

export interface FullTextIndex extends IndexDefinition {
  readonly fullText: FullTextDefinition;
}

export function fullTextIndexes(schema: TableSchema): FullTextIndex[] {
  return schema.indexes.filter((index): index is FullTextIndex => index.fullText !== undefined);
}

/** The tables that only this index has. */
export function tablesOfIndex(definition: FullTextDefinition): string[] {
  const { positionTable, documentCountTable, globalCountTable, rowCountTable } = definition;
  return [positionTable, documentCountTable, globalCountTable, rowCountTable];
}

/** The tables of all full-text indexes of a table. */
export function fullTextTables(schema: TableSchema): string[] {
  const names = fullTextIndexes(schema).flatMap(({ fullText }) => [fullText.configTable, ...tablesOfIndex(fullText)]);
  return [...new Set(names)];
}
