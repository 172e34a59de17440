/**
 * Random joins, set operations, groups and windows over random rows: with next to no memory they give what they give with
 * enough of it.
 */
import { expect, test } from 'vitest';
import type { DiskFile } from '../../../src/base/disk.ts';
import { MemoryDisk } from '../../../src/base/memory-disk.ts';
import { Dice } from '../../dice.ts';
import fc from '../../fast-check.ts';
import { memoryDatabase } from '../memory-engine.ts';

/** Counts the files of rows. */
class CountingDisk extends MemoryDisk {
  opened = 0;
  open = 0;

  override openWrite(moment: string, path: string): DiskFile {
    const file = super.openWrite(moment, path);
    if (moment !== 'rows:open') return file;
    this.opened++;
    this.open++;
    const close = file.close.bind(file);
    return Object.assign(file, {
      close: () => {
        this.open--;
        close();
      },
    });
  }
}

const TABLES = ['a', 'b'];
const table = fc.constantFrom(...TABLES);

const condition = fc.constantFrom(
  'l.x = r.x',
  'l.s = r.s',
  'l.x = r.x and l.s = r.s',
  'l.x = r.y and l.y < r.x',
  'l.x < r.y and r.id < 9',
  'l.id = r.id and l.x <> r.y',
  'l.x <=> r.x and r.id % 3 = 0',
);
const join = fc
  .tuple(table, table, condition, fc.constantFrom('join', 'left join', 'right join'))
  .map(([l, r, on, kind]) => `select l.id, l.s, r.id, r.s, r.y from ${l} l ${kind} ${r} r on ${on}`);
const exists = fc
  .tuple(table, table, condition, fc.constantFrom('', 'not '))
  .map(([l, r, on, not]) => `select * from ${l} l where ${not}exists (select 1 from ${r} r where ${on})`);
const columns = fc.constantFrom('x', 's', 'x, s', 's, x, y');
const operation = fc.constantFrom('intersect', 'except', 'intersect all', 'except all');
const setOperation = fc
  .tuple(columns, table, table, operation)
  .map(([list, l, r, kind]) => `select ${list} from ${l} ${kind} select ${list} from ${r}`);
const call = fc.constantFrom(
  ...['row_number()', 'rank()', 'dense_rank()', 'sum(y)', 'count(x)', 'max(s)', 'lag(s, 2, id)', 'lead(y)', 'ntile(5)'],
  ...['percent_rank()', 'cume_dist()', 'first_value(y)', 'last_value(s)', 'nth_value(id, 2)'],
);
const window = fc.constantFrom(
  'order by x',
  'order by s, y desc',
  'partition by s order by x',
  'partition by s order by x, id rows unbounded preceding',
  'rows unbounded preceding',
  '',
  'order by id rows between 3 preceding and 2 following',
  'order by x, id rows between 1 following and unbounded following',
  'order by y range between 10 preceding and 5 following',
  'partition by s order by x desc range between current row and unbounded following',
  'order by s groups between 1 preceding and 1 following',
);
const windows = fc
  .tuple(table, call, call, window)
  .map(([from, one, two, over]) => `select id, ${one} over w, ${two} over w from ${from} window w as (${over})`);
const total = fc.constantFrom(
  'count(distinct x)',
  'sum(distinct y)',
  'count(distinct s, x)',
  'min(y)',
  'sum(x)',
  'count(*)',
);
const groups = fc
  .tuple(table, total, total, fc.constantFrom('', 's', 's, x', 'x, y', 'x % 5'), fc.constantFrom('', ' with rollup'))
  .map(([from, one, two, by, rollup]) => {
    if (by === '') return `select ${one}, ${two} from ${from}`;
    return `select ${by}, ${one}, ${two}${rollup && `, grouping(${by})`} from ${from} group by ${by}${rollup}`;
  });
const query = fc.oneof(join, exists, setOperation, windows, groups);

const TEXTS = ['null', "'Ab'", "'ab'", "'c'", "'dd'", "'a longer text'", "'ünï'"];

/** Rows by a seed: lists of random rows would take ages to shrink. */
function rowsOf(seed: number, count: number): string {
  const dice = new Dice(seed);
  const number = (from: number, below: number): string =>
    dice.below(12) === 0 ? 'null' : `${from + dice.below(below)}`;
  return Array.from(
    { length: count },
    (_, id) => `(${id},${number(0, 60)},${number(-40, 80)},${dice.of(TEXTS)})`,
  ).join();
}

const content = fc.tuple(fc.nat(1_000_000), fc.integer({ min: 1, max: 400 }));

test('next to no memory changes no result, and leaves no file', async () => {
  const disk = new CountingDisk();
  const database = memoryDatabase('shop', [], { disk });
  for (const name of TABLES) {
    await database.run(`create table ${name} (id int primary key, x int, y int, s varchar(20))`);
  }
  await fc.assert(
    fc.asyncProperty(
      fc.tuple(content, content),
      fc.array(fc.tuple(query, fc.integer({ min: 1200, max: 6000 })), { minLength: 5, maxLength: 8 }),
      async (contents, queries) => {
        for (const [at, name] of TABLES.entries()) {
          await database.run(`delete from ${name}; insert into ${name} values ${rowsOf(...contents[at]!)}`);
        }
        for (const [sql, bytes] of queries) {
          const bounded = (limit: number): Promise<string[]> =>
            database.run(`set max_statement_memory = ${limit}; ${sql}`);
          expect(await bounded(bytes), sql).toEqual(await bounded(2 ** 29));
          expect(disk.open).toBe(0);
        }
      },
    ),
    { numRuns: 10 },
  );
  expect(disk.opened).toBeGreaterThan(40);
});
