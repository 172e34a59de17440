/**
 * The identities that the optimizer rests on (src/sql/optimize/README.md), each on random tables without any pass, and
 * the look-alikes that are false: for those a counterexample must turn up.
 */

import { expect, test } from 'vitest';
import { passes } from '../../../src/sql/optimize/optimize.ts';
import fc from '../../fast-check.ts';
import { TestDatabase } from '../query-fixture.ts';

interface Claim {
  readonly number: number;
  readonly from: string;
  readonly to: string;
  readonly holds: boolean;
}

const list = 'a.x, a.y, b.x, b.y';
const three = `${list}, c.x, c.y`;
const claims: readonly Claim[] = [
  {
    number: 1,
    from: `select ${list} from a join b on a.x = b.x where a.y = 1`,
    to: `select ${list} from (select * from a where y = 1) a join b on a.x = b.x`,
    holds: true,
  },
  {
    number: 2,
    from: `select ${list} from a left join b on a.x = b.x where a.y = 1`,
    to: `select ${list} from (select * from a where y = 1) a left join b on a.x = b.x`,
    holds: true,
  },
  {
    number: 3,
    from: `select ${list} from a left join b on a.x = b.x and b.y = 1`,
    to: `select ${list} from a left join (select * from b where y = 1) b on a.x = b.x`,
    holds: true,
  },
  {
    number: 4,
    from: `select ${list} from a left join b on a.x = b.x and a.y = 1`,
    to: `select ${list} from (select * from a where y = 1) a left join b on a.x = b.x`,
    holds: false,
  },
  {
    number: 5,
    from: `select ${list} from a left join b on a.x = b.x where b.y = 1`,
    to: `select ${list} from a join b on a.x = b.x where b.y = 1`,
    holds: true,
  },
  {
    number: 6,
    from: `select ${list} from a left join b on a.x = b.x where b.y is null`,
    to: `select ${list} from a join b on a.x = b.x where b.y is null`,
    holds: false,
  },
  {
    number: 7,
    from: `select ${list} from a left join b on a.x = b.x where b.y = 1`,
    to: `select ${list} from a left join (select * from b where y = 1) b on a.x = b.x`,
    holds: false,
  },
  {
    number: 8,
    from: `select ${three} from (a join b on a.x = b.x) join c on b.y = c.y`,
    to: `select ${three} from a join (b join c on b.y = c.y) on a.x = b.x`,
    holds: true,
  },
  {
    number: 9,
    from: `select ${three} from a left join (b join c on b.y = c.y) on a.x = b.x`,
    to: `select ${three} from (a left join b on a.x = b.x) join c on b.y = c.y`,
    holds: false,
  },
  {
    number: 10,
    from: 'select x, y from a where exists (select 1 from b where b.x = a.x)',
    to: 'select distinct a.x, a.y from a join b on b.x = a.x',
    holds: false,
  },
  {
    number: 11,
    from: 'select x, y from a where x in (select x from b)',
    to: 'select x, y from a where exists (select 1 from b where b.x = a.x)',
    holds: true,
  },
  {
    number: 12,
    from: 'select x, y from a where x not in (select x from b)',
    to: 'select x, y from a where not exists (select 1 from b where b.x = a.x)',
    holds: false,
  },
  {
    number: 13,
    from: 'select * from (select x, count(*) n from a group by x) g where x = 1',
    to: 'select x, count(*) n from a where x = 1 group by x',
    holds: true,
  },
  {
    number: 14,
    from: 'select * from (select x, count(*) n from a group by x with rollup) g where x = 1',
    to: 'select x, count(*) n from a where x = 1 group by x with rollup',
    holds: false,
  },
];

const cell = fc.option(fc.integer({ min: 0, max: 2 }), { freq: 3 });
const rows = fc.array(fc.tuple(cell, cell), { maxLength: 5 });
const disabled = new Set(passes.map((p) => p.name));

function same(
  { from, to }: Claim,
  tables: Readonly<Record<string, readonly (readonly [number | null, number | null])[]>>,
) {
  const database = new TestDatabase([]);
  for (const [name, content] of Object.entries(tables)) {
    database.run(`create table ${name} (x int, y int)`);
    if (content.length === 0) continue;
    database.run(`insert into ${name} values ${content.map(([x, y]) => `(${x}, ${y})`).join(', ')}`);
  }
  const answer = (text: string): string[] =>
    database
      .run(text, { disabled })!
      .rows.map((row) => JSON.stringify(row))
      .sort();
  return JSON.stringify(answer(from)) === JSON.stringify(answer(to));
}

for (const claim of claims) {
  test(`${claim.number}: ${claim.from} ${claim.holds ? '=' : '≠'} ${claim.to}`, () => {
    const property = fc.property(fc.record({ a: rows, b: rows, c: rows }), (tables) => same(claim, tables));
    if (claim.holds) fc.assert(property, { numRuns: 60 });
    else expect(fc.check(property, { numRuns: 500 }).failed, 'a counterexample').toBe(true);
  });
}
