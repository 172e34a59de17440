/** Conditions on indexed columns of every type, with values inside and outside of what a column holds: index or not. */
import { expect, test } from 'vitest';
import { passes } from '../../../src/sql/optimize/optimize.ts';
import { TestDatabase } from '../query-fixture.ts';

const columns: Readonly<Record<string, { type: string; values: string[]; others: string[] }>> = {
  tiny: {
    type: 'tinyint',
    values: ['-128', '-1', '0', '5', '127'],
    others: ['-129', '128', '1000', '5.0', '5.5', "'5'", "'x'"],
  },
  small: { type: 'smallint unsigned', values: ['0', '1', '65535'], others: ['-1', '65536', '1e3', 'null'] },
  big: {
    type: 'bigint',
    values: ['-9223372036854775808', '0', '9007199254740993', '9223372036854775807'],
    others: ['9223372036854775808', '-1e30', '18446744073709551615'],
  },
  ubig: {
    type: 'bigint unsigned',
    values: ['0', '18446744073709551615', '9007199254740993'],
    others: ['-1', '18446744073709551616', '9007199254740992.5'],
  },
  amount: {
    type: 'decimal(10,2)',
    values: ['-1.5', '0', '1.25', '99999999.99'],
    others: ['1.255', '1', "'1.25'", '1e2', '100000000000'],
  },
  single: { type: 'float', values: ['-1.5', '0', '0.1', '3e10'], others: ['0.100000001', '1'] },
  real8: { type: 'double', values: ['-1.5', '0', '0.1', '1e300'], others: ['1', "'0.1'"] },
  word: {
    type: 'varchar(10)',
    values: ["''", "'a'", "'A'", "'b '", "'é'", "'😀'"],
    others: ["'aa'", "'zzzzzzzzzzzzzzz'", '0', "'a' collate utf8mb4_0900_ai_ci"],
  },
  folded: {
    type: 'varchar(10) collate utf8mb4_0900_ai_ci',
    values: ["'a'", "'B'", "'é'", "'E'"],
    others: ["'A'", "'b'", "'e'"],
  },
  bytes: { type: 'varbinary(8)', values: ["x'00'", "x'0001'", "x'ff'"], others: ["'a'", "x''"] },
  day: {
    type: 'date',
    values: ["'1000-01-01'", "'2024-02-29'", "'9999-12-31'"],
    others: ["'2024-02-29 12:00:00'", "'2024-02-29 00:00:00'", '20240229', "date '2020-01-01'"],
  },
  moment: {
    type: 'datetime(6)',
    values: ["'2024-02-29 12:00:00'", "'1969-12-31 23:59:59.999999'", "'9999-12-31 23:59:59'"],
    others: ["'2024-02-29'", "date '2024-02-29'", "'1000-01-01'"],
  },
  span: { type: 'time(6)', values: ["'-838:59:59'", "'00:00:00'", "'12:34:56.5'"], others: ["'12:34'", "'838:59:59'"] },
  annual: { type: 'year', values: ['0', '1901', '2024', '2155'], others: ['1900', '3000', '-1', "'2024'", '24'] },
  choice: { type: "enum('x','y','Z')", values: ["'x'", "'y'", "'Z'"], others: ["'z'", "'q'", '2', '0'] },
  flags: { type: "set('p','q')", values: ["''", "'p'", "'p,q'"], others: ["'q,p'", '3', '9'] },
  bits: { type: 'bit(4)', values: ['0', "b'101'", '15'], others: ['16', '-1', "b'1111'"] },
};

for (const [name, { type, values, others }] of Object.entries(columns)) {
  test(type, () => {
    const database = new TestDatabase();
    const rows = [...values, 'null', ...values].map((value, i) => `(${i}, ${value}, ${i % 2})`);
    database.run(`create table t (id int primary key, ${name} ${type}, n int, key(${name}, n))`);
    database.run(`insert into t values ${rows.join(', ')}`);
    const disabled = new Set(passes.map((p) => p.name));
    const constants = [...values, ...others];
    const conditions = [
      ...constants.flatMap((c) => ['=', '<', '<=', '>', '>=', '<>', '<=>'].map((op) => `${name} ${op} ${c}`)),
      ...constants.map((c) => `${c} < ${name}`),
      `${name} in (${constants.join(', ')})`,
      `${name} not in (${values.slice(1).join(', ')})`,
      `${name} is null`,
      `${name} is not null and n = 1`,
      ...constants.map((c) => `${name} = ${c} and n > 0`),
      ...constants.map((c) => `${name} between ${values[0]} and ${c}`),
      `${name} like 'a%'`,
    ];
    for (const condition of conditions) {
      const answer = (off: ReadonlySet<string>): unknown => {
        try {
          return database.run(`select id from t where ${condition} order by id`, { disabled: off })!.rows.flat();
        } catch (error) {
          return (error as Error).message;
        }
      };
      expect(answer(new Set()), condition).toEqual(answer(disabled));
    }
    const ends = `select min(${name}), max(${name}), count(*) from t where ${name} is not null`;
    expect(database.run(ends)!.rows).toEqual(database.run(ends, { disabled })!.rows);
    const order = `select ${name} from t order by ${name} desc, n desc, id desc limit 4`;
    expect(database.run(order)!.rows).toEqual(database.run(order, { disabled })!.rows);
  });
}

test('a prefix index serves what comes before it only', () => {
  const database = new TestDatabase();
  database.run('create table t (id int primary key, n int, s varchar(20), key(n, s(2)))');
  database.run("insert into t values (1, 1, 'abc'), (2, 1, 'abd'), (3, 2, 'abc'), (4, 1, 'ab'), (5, 1, null)");
  expect(database.run("select id from t where n = 1 and s = 'abc'")!.rows).toEqual([[1]]);
  expect(database.run("select id from t where n = 1 and s >= 'abc' order by id")!.rows).toEqual([[1], [2]]);
  expect(database.run('select id from t where n = 1 order by s, id')!.rows).toEqual([[5], [4], [1], [2]]);
});
