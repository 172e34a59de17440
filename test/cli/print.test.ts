/** The printers of result sets against recorded output of Dolt 2.3.1, and the table against cli-table3. */
import Table from 'cli-table3';
import { expect, test } from 'vitest';
import { listing, RULED } from '../../src/cli/print/listing.ts';
import { resultPrinter } from '../../src/cli/print/print-result.ts';
import { bytesToWrite, type ResultColumn, type ResultFormat } from '../../src/cli/print/result-printer.ts';
import { TabularPrinter } from '../../src/cli/print/tabular-printer.ts';
import type { SqlType } from '../../src/sql/types/sql-type.ts';
import type { Value } from '../../src/tuple/value.ts';

const int: SqlType = { kind: 'integer', bits: 32, unsigned: false };
const text: SqlType = { kind: 'varchar', length: 20, collation: 'utf8mb4_0900_bin' };
const decimal: SqlType = { kind: 'decimal', precision: 5, scale: 2 };
const json: SqlType = { kind: 'json' };
const binary: SqlType = { kind: 'varbinary', length: 5 };

const columns: readonly ResultColumn[] = [
  { name: 'id', type: int },
  { name: 's', type: text },
  { name: 'd', type: decimal },
  { name: 'j', type: json },
  { name: 'n', type: int },
];
const rows: readonly (readonly Value[])[] = [
  [1, '日本 a', 150, '{"a":[1,"x"]}', null],
  [2, 'multi\nline', -300, null, 7],
];

function print(format: ResultFormat, of: readonly ResultColumn[], data: readonly (readonly Value[])[]): Buffer {
  const pieces: Buffer[] = [];
  const printer = resultPrinter(format, (piece, raw) => pieces.push(Buffer.from(bytesToWrite(piece, raw))));
  printer.begin(of);
  if (data.length > 0) printer.batch({ length: data.length, columns: of.map((_, c) => data.map((row) => row[c]!)) });
  printer.end();
  return Buffer.concat(pieces);
}

test('tabular, as Dolt prints it', () => {
  expect(print('tabular', columns, rows).toString()).toBe(
    [
      '+----+--------+-------+---------------+------+',
      '| id | s      | d     | j             | n    |',
      '+----+--------+-------+---------------+------+',
      '| 1  | 日本 a | 1.50  | {"a":[1,"x"]} | NULL |',
      '| 2  | multi  | -3.00 | NULL          | 7    |',
      '|    | line   |       |               |      |',
      '+----+--------+-------+---------------+------+',
      '',
      '',
    ].join('\n'),
  );
  expect(print('tabular', columns, []).toString()).toBe('\n');
});

test('csv, as Dolt prints it', () => {
  expect(print('csv', columns, rows).toString()).toBe(
    'id,s,d,j,n\n1,日本 a,1.50,"{""a"":[1,""x""]}",\n2,"multi\nline",-3.00,,7\n',
  );
  expect(print('csv', [{ name: 'x', type: text }], [[' a'], ['b '], [''], [null], ['\\.']]).toString()).toBe(
    'x\n" a"\nb \n""\n\n"\\."\n',
  );
});

test('json, as Dolt prints it', () => {
  expect(print('json', columns, rows).toString()).toBe(
    '{"rows": [{"d":"1.50","id":1,"j":{"a":[1,"x"]},"s":"日本 a"},{"d":"-3.00","id":2,"n":7,"s":"multi\\nline"}]}\n',
  );
  expect(print('json', columns, []).toString()).toBe('{}\n');
});

test('vertical, as Dolt prints it', () => {
  const stars = '*'.repeat(27);
  expect(print('vertical', columns.slice(0, 3), rows.slice(0, 1)).toString()).toBe(
    `${stars} 1. row ${stars}\nid: 1\n s: 日本 a\n d: 1.50\n\n\n`,
  );
});

test('bytes of binary columns are written unchanged', () => {
  const of = [...columns.slice(1, 2), { name: 'b', type: binary }];
  const data = [['é', Uint8Array.of(0x41, 0xff)]];
  expect(
    print('csv', of, data).equals(Buffer.concat([Buffer.from('s,b\né,A'), Buffer.of(0xff), Buffer.from('\n')])),
  ).toBe(true);
  expect(print('tabular', of, data).includes(Buffer.of(0x41, 0xff))).toBe(true);
});

test('the borders are those of cli-table3', () => {
  const table = new Table({ ...RULED, head: columns.map((c) => c.name) });
  table.push(['1', '日本 a', '1.50', '{"a":[1,"x"]}', 'NULL']);
  expect(print('tabular', columns, rows.slice(0, 1)).toString()).toBe(`${table.toString()}\n\n`);
});

test('a listing has the borders of a result', async () => {
  const titles = ['Table name', 'b'];
  const listed = [
    ['items', '日本'],
    ['t', 'x'],
    ['u', ''],
  ];
  const printed = print(
    'tabular',
    titles.map((name) => ({ name, type: text })),
    listed,
  ).toString();
  expect(await listing(titles, listed)).toBe(printed.slice(0, -1));
});

test('a cell that is wider than the measured rows widens only its own row', () => {
  let out = '';
  const printer = new TabularPrinter(
    (piece) => {
      out += piece;
    },
    { measuredRows: 1 },
  );
  printer.begin([{ name: 'x', type: text }]);
  printer.batch({ length: 1, columns: [['ab']] });
  printer.batch({ length: 2, columns: [['abcdef', 'c']] });
  printer.end();
  expect(out).toBe('+----+\n| x  |\n+----+\n| ab |\n| abcdef |\n| c  |\n+----+\n\n');
});
