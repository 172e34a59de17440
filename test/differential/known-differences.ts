/** Where MariaDB and this database rightly differ: each with a small statement that shows it, and why ours is right. */
import type { Answer } from './peers.ts';

interface KnownDifference {
  readonly sql: string;
  readonly ours: string;
  readonly mariadb: string;
  readonly why: string;
}

export const KNOWN_DIFFERENCES: readonly KnownDifference[] = [
  {
    sql: 'select (select max(q.v) from (select o.k as v) q) as m from (select 1 as k) o',
    ours: '"1"',
    mariadb: 'error 1109',
    why: 'MySQL 8.0.14: a derived table may read columns of the query around it',
  },
  {
    sql: 'select round(7e0, 0) / 3 as v',
    ours: '2.333333333',
    mariadb: '2.3333',
    why: 'a DOUBLE has no number of decimals; MariaDB gives it those of ROUND',
  },
  {
    sql: "select replace('a', 'x', null) as v",
    ours: 'NULL',
    mariadb: '"a"',
    why: 'as Dolt: NULL for any argument; MariaDB does not look at what it would put in',
  },
];

const OUT_OF_RANGE = 1690;

/** SQL leaves open which rows of an expression are computed, where not all are asked for. */
export function rightlyDiffers(our: Answer, their: Answer): boolean {
  return [our, their].some((answer) => 'errno' in answer && answer.errno === OUT_OF_RANGE);
}
