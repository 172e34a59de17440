/** The runner itself: what it reads of a script, and that it tells what is wrong. */
import { expect, test } from 'vitest';
import { play } from './play.ts';
import { parseLogicScript } from './records.ts';
import { printedValue } from './values.ts';

/** What fails of a script, a line each. */
async function failuresOf(script: string): Promise<string[]> {
  const failures: string[] = [];
  const { records } = parseLogicScript(script);
  const onFailure = (message: string): number => failures.push(message.split('\n')[0]!);
  const { failed } = await play(records, { timeLimit: 30_000, onFailure });
  expect(failed).toBe(failures.length);
  return failures;
}

test('records, conditions, remarks and what ends the script', () => {
  const script = [
    '# a remark',
    'hash-threshold 8',
    '',
    'onlyif mysql # aggregate syntax:',
    '# already there',
    'statement error',
    'create table t (',
    '  a int)',
    '',
    'skipif mysql',
    'statement ok',
    'x',
    '',
    'onlyif sqlite',
    'halt',
    '',
    'skipif oracle',
    'query IT valuesort label-1',
    'select 1, 2',
    '----',
    '1',
    '2',
    '',
    'onlyif mysql',
    'halt',
    '',
    'statement ok',
    'never',
  ];
  for (const end of ['\n', '\r\n']) {
    expect(parseLogicScript(script.join(end))).toEqual({
      records: [
        { kind: 'statement', line: 6, fails: true, sql: 'create table t (\n  a int)' },
        {
          kind: 'query',
          line: 18,
          types: 'IT',
          sort: 'valuesort',
          label: 'label-1',
          sql: 'select 1, 2',
          expected: ['1', '2'],
        },
      ],
      skipped: 2,
    });
  }
});

test.each([
  ['statement maybe\nselect 1', 'line 1: statement ok or error, not maybe'],
  ['\nquery I sideways\nselect 1', 'line 2: no order: sideways'],
  ['query X\nselect 1', 'line 1: no types of columns: X'],
  ['select 1', 'line 1: no record of sqllogictest: select 1'],
])('%j is none of the format', (script, message) => {
  expect(() => parseLogicScript(script)).toThrow(message);
});

test('values as they are printed', () => {
  expect([null, '12', '-0.9', '1e3', 'abc', '9007199254740993'].map((text) => printedValue(text, 'I'))).toEqual([
    'NULL',
    '12',
    '0',
    '1000',
    '0',
    '9007199254740993',
  ]);
  expect(['1', '-2.34567', '1e21', 'x'].map((text) => printedValue(text, 'R'))).toEqual([
    '1.000',
    '-2.346',
    '1000000000000000000000.000',
    '0.000',
  ]);
  expect(['', 'a b', 'a\tö😀'].map((text) => printedValue(text, 'T'))).toEqual(['(empty)', 'a b', 'a@@@']);
});

const three = '(select 10 a, 2 b union all select 9, 3 union all select 9, 1) t';

test('results in their order, hashed ones too', async () => {
  const right = (types: string, values: string): string =>
    `query ${types}\nselect a, b from ${three}\n----\n${values}\n\n`;
  expect(await failuresOf(right('II rowsort', '10\n2\n9\n1\n9\n3'))).toEqual([]);
  expect(await failuresOf(right('II valuesort', '1\n10\n2\n3\n9\n9'))).toEqual([]);
  expect(await failuresOf(right('II nosort', '10\n2\n9\n3\n9\n1'))).toEqual([]);
  // printf '10\n2\n9\n1\n9\n3\n' | md5sum
  const hashed = '6 values hashing to 97d9c4e53ce6983e72f921c5b64e65a8';
  expect(await failuresOf(right('II rowsort', hashed))).toEqual([]);
});

test('what is wrong is told', async () => {
  const wrong = [
    'query I',
    'select 1',
    '----',
    '2',
    '',
    'query II',
    'select 1',
    '----',
    '1',
    '',
    'statement error',
    'select 1',
    '',
  ];
  expect(await failuresOf(wrong.join('\n'))).toEqual(['line 1: 1', 'line 6: 1 columns', 'line 11: no error']);
  const missing = ['statement ok', 'select a from nothing', '', 'query I', 'select b from nothing', '----', ''];
  expect(await failuresOf(missing.join('\n'))).toEqual([
    expect.stringContaining('line 1: Table'),
    expect.stringContaining('line 4: Table'),
  ]);
});

test('queries of one label have one result', async () => {
  const query = (n: number, label: string): string => `query I nosort ${label}\nselect ${n}\n----\n${n}\n\n`;
  expect(await failuresOf(query(1, 'a') + query(1, 'a') + query(2, 'b'))).toEqual([]);
  expect(await failuresOf(query(1, 'a') + query(2, 'a'))).toEqual([
    'line 6: another result than the query at line 1, which has the same label a',
  ]);
});
