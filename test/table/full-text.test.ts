/** The words of documents, and the hashes of rows. */
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { MemoryChunkStore } from '../../src/chunks/memory-chunk-store.ts';
import { NodeStore } from '../../src/prolly/node-store.ts';
import { BooleanQuerySyntaxError } from '../../src/table/full-text/boolean-query.ts';
import { BooleanSearch } from '../../src/table/full-text/boolean-search.ts';
import { ExpandedSearch } from '../../src/table/full-text/expanded-search.ts';
import { FullTextEditor } from '../../src/table/full-text/full-text-editor.ts';
import {
  freeTableNames,
  fullTextIndexes,
  isFullTextTable,
  KeyType,
} from '../../src/table/full-text/full-text-tables.ts';
import { NaturalSearch } from '../../src/table/full-text/natural-search.ts';
import { rowHasher } from '../../src/table/full-text/row-hash.ts';
import { countWords, joinTexts, wordsOf } from '../../src/table/full-text/words.ts';
import { decodeRowAt } from '../../src/table/row-codec.ts';
import type { Row } from '../../src/table/row-encoder.ts';
import { Table } from '../../src/table/table.ts';
import { TableEditor } from '../../src/table/table-editor.ts';
import { collationByName } from '../../src/tuple/collation.ts';
import { Encoding } from '../../src/tuple/encoding.ts';
import type { Value } from '../../src/tuple/value.ts';
import { texts } from '../differential/searches.ts';
import fc from '../fast-check.ts';
import { column, index, schema } from './schemas.ts';

describe('words', () => {
  // What Dolt 2.3.1 stored.
  test.each([
    ['MySQL Tutorial', ['MySQL 0', 'Tutorial 5']],
    ['  leading   spaces,commas;and.dots', ['leading 2', 'spaces 11', 'commas 18', 'and 25', 'dots 29']],
    ["don't ''quoted'' words''here'", ["don't 0", 'quoted 7', 'words 16', 'here 23']],
    ['a_b ab x __ ___', ['a_b 0', '___ 11']],
    ['naïve éé 日 日本語 😀 emoji', ['naïve 0', 'éé 6', '日 11', '日本語 15', 'emoji 27']],
    ['', []],
  ])('of %j', (document, expected) => {
    expect(wordsOf(document).map(({ text, position }) => `${text} ${position}`)).toEqual(expected);
  });

  test('are counted by their collation, in the spelling that comes first', () => {
    const words = wordsOf('Same same SAME other');
    const counts = (name: string) => [...countWords(words, collationByName(name)!).values()];
    expect(counts('utf8mb4_0900_ai_ci')).toEqual([
      { text: 'Same', count: 3 },
      { text: 'other', count: 1 },
    ]);
    expect(counts('utf8mb4_0900_bin')).toHaveLength(4);
  });

  test('of several columns are one document', () => {
    expect(joinTexts(['a', null, 'b'])).toBe('a b');
    expect(joinTexts([null, 'b'])).toBe(' b');
  });
});

describe('a hash of a row', () => {
  const hashOf = (encoding: Encoding, sqlType: string, value: Value) =>
    rowHasher(schema([column('a', sqlType, encoding)], []))([value]);
  const expected = (hex: string, nulls = '00') =>
    createHash('sha256')
      .update(Buffer.from(hex + nulls, 'hex'))
      .digest('hex');

  test.each<[string, Encoding, string, Value, string]>([
    ['tinyint', Encoding.int8, 'tinyint', -2, 'fe'],
    ['bigint unsigned', Encoding.uint64, 'bigint unsigned', 2n ** 64n - 1n, 'ffffffffffffffff'],
    ['float', Encoding.float32, 'float', 1.5, '0000c03f'],
    ['decimal', Encoding.decimal, 'decimal(10,2)', -150, Buffer.from('-1.50').toString('hex')],
    ['small decimal', Encoding.decimal, 'decimal(20,10)', 123, Buffer.from('1.23E-8').toString('hex')],
    ['decimal zero', Encoding.decimal, 'decimal(20,10)', 0, Buffer.from('0.0000000000').toString('hex')],
    ['datetime', Encoding.datetime, 'datetime(6)', -1, '010000000e7791f6ff3b9ac618ffff'],
    ['text', Encoding.string, 'varchar(9)', 'é', 'c3a9'],
    ['json', Encoding.json, 'json', '{"a":[1,"x:,"]}', Buffer.from('{"a": [1, "x:,"]}').toString('hex')],
  ])('%s', (_, encoding, sqlType, value, hex) => {
    expect(hashOf(encoding, sqlType, value)).toBe(expected(hex));
  });

  test('NULL has no bytes but its mark', () => {
    expect(hashOf(Encoding.string, 'varchar(9)', null)).toBe(expected('', '01'));
  });
});

test('tables of a new index get a number that no table begins with', () => {
  const { configTable, positionTable } = freeTableNames('Posts', 'Body', ['DOLT_posts_body_0_fts_position']);
  expect([configTable, positionTable]).toEqual(['dolt_Posts_fts_config', 'dolt_posts_body_1_fts_position']);
  expect([configTable, positionTable, 'dolt_docs', 'posts_fts_config'].map(isFullTextTable)).toEqual([
    true,
    true,
    false,
    false,
  ]);
});

const WORD = 'varchar(84) COLLATE utf8mb4_0900_ai_ci';
const NOT_NULL = { nullable: false } as const;
const word = column('word', WORD, Encoding.string, NOT_NULL);
const key = column('C0', 'int', Encoding.int32, NOT_NULL);
const count = (name: string) => column(name, 'bigint unsigned', Encoding.uint64, NOT_NULL);
const counts = column('row_hash', WORD, Encoding.string, NOT_NULL);

const posts = schema(
  [
    column('id', 'int', Encoding.int32, NOT_NULL),
    column('body', 'text COLLATE utf8mb4_0900_ai_ci', Encoding.stringAdaptive),
  ],
  [0],
  [
    index('f', [1], {
      fullText: {
        configTable: 'config',
        positionTable: 'positions',
        documentCountTable: 'documents',
        globalCountTable: 'words',
        rowCountTable: 'rows',
        keyType: KeyType.primary,
        keyName: '',
        keyPositions: [0],
      },
    }),
  ],
);

function emptyParts(): Map<string, Table> {
  const store = new NodeStore(new MemoryChunkStore());
  return new Map([
    ['positions', Table.create(store, schema([word, key, count('position')], [0, 1, 2]))],
    ['documents', Table.create(store, schema([word, key, count('doc_count')], [0, 1]))],
    ['words', Table.create(store, schema([word, count('global_count')], [0]))],
    ['rows', Table.create(store, schema([counts, count('row_count'), count('unique_words')], [0]))],
  ]);
}

test('whatever happens to rows, the tables have the words of those that are there, and a search finds these', () => {
  const parts = emptyParts();
  const { store } = parts.get('words')!;
  const text = fc.array(fc.constantFrom('one', 'One', 'two', 'three', "it's", 'x', 'é', 'w'.repeat(90)), {
    maxLength: 6,
  });
  const change = fc.record({ id: fc.nat(5), body: fc.option(text.map((words) => words.join(' '))) });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 25 }), fc.nat(25), (changes, pause) => {
      const rows = new Map<number, Row>();
      const words = new FullTextEditor(posts, (name) => parts.get(name));
      const editor = new TableEditor(Table.create(store, posts), { rows: words });
      changes.forEach(({ id, body }, i) => {
        if (i === pause) words.finish();
        const before = rows.get(id);
        const row: Row = [id, body];
        if (before === undefined) editor.insert(row);
        else if (body === null) editor.delete(before);
        else editor.update(before, row);
        if (before !== undefined && body === null) rows.delete(id);
        else rows.set(id, row);
      });
      const anew = new FullTextEditor(posts, (name) => parts.get(name));
      for (const row of rows.values()) anew.insert(row);
      const made = words.finish();
      for (const [name, table] of anew.finish()) expect(folded(made.get(name)!), name).toEqual(folded(table));
      const search = new NaturalSearch(editor.finish(), fullTextIndexes(posts)[0]!, (name) => made.get(name));
      const matching = [...rows.values()].filter(
        ([, body]) => search.relevance('ONE three', [body as string | null]) !== 0,
      );
      const found = new Set(Array.from(search.keys('ONE three'), ([id]) => id));
      expect(found).toEqual(new Set(matching.map(([id]) => id)));
    }),
  );
});

test.each([
  ['boolean', BooleanSearch],
  ['expanded', ExpandedSearch],
])('a %s search reads the rows that it finds', (_, Search) => {
  let found = 0;
  fc.assert(
    fc.property(texts, ({ rows, searches }) => {
      const parts = emptyParts();
      const words = new FullTextEditor(posts, (name) => parts.get(name));
      const editor = new TableEditor(Table.create(parts.get('words')!.store, posts), { rows: words });
      rows.forEach(([a, b], id) => void editor.insert([id, `${a} ${b.toUpperCase()}`]));
      const made = words.finish();
      const search = new Search(editor.finish(), fullTextIndexes(posts)[0]!, (name) => made.get(name));
      for (const query of searches) {
        let keys: Value[];
        try {
          keys = Array.from(search.keys(query), ([id]) => id!);
        } catch (error) {
          expect(error).toBeInstanceOf(BooleanQuerySyntaxError);
          continue;
        }
        expect(search.count(query)).toBe(keys.length);
        rows.forEach(([a, b], id) => {
          if (search.relevance(query, [`${a} ${b.toUpperCase()}`]) === 0) return;
          expect(keys, query).toContain(id);
          found++;
        });
      }
    }),
  );
  expect(found).toBeGreaterThan(100);
});

/** Rows with their texts in one case: words are stored in the spelling that came last. */
function folded(table: Table): string[] {
  const rows: string[] = [];
  for (const { node, from, to } of table.rows.scan()) {
    for (let i = from; i < to; i++) rows.push(String(decodeRowAt(table.schema, node, i, table.store)).toLowerCase());
  }
  return rows;
}
