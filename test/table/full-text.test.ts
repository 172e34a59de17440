/** The words of documents, and the hashes of rows. */
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { freeTableNames, isFullTextTable } from '../../src/table/full-text/full-text-tables.ts';
import { rowHasher } from '../../src/table/full-text/row-hash.ts';
import { countWords, joinTexts, wordsOf } from '../../src/table/full-text/words.ts';
import { collationByName } from '../../src/tuple/collation.ts';
import { Encoding } from '../../src/tuple/encoding.ts';
import type { Value } from '../../src/tuple/value.ts';
import { column, schema } from './schemas.ts';

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
