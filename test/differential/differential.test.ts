/**
 * Random statements on random small tables, by us and by MariaDB 10.11: each answers the same, or refuses with the same
 * error, and leaves the same rows behind. `DIFFERENTIAL_RUNS=n` plays more scripts, `FAST_CHECK_SEED=n` others; a script
 * that differs is shrunk. Where the two rightly differ, `known-differences.ts` says why.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import fc from '../fast-check.ts';
import { canonical } from './compare.ts';
import { scripts } from './grammar.ts';
import { KNOWN_DIFFERENCES, rightlyDiffers } from './known-differences.ts';
import { mariadb, missingMariadb, ours, type Peer } from './peers.ts';
import { texts } from './searches.ts';

const RUNS = Number(process.env['DIFFERENTIAL_RUNS'] ?? 40);

describe.skipIf(missingMariadb() !== undefined)('beside MariaDB', () => {
  let we: Peer;
  let they: Peer;
  beforeAll(async () => {
    [we, they] = await Promise.all([ours(), mariadb()]);
  });
  afterAll(async () => {
    await Promise.all([we?.stop(), they?.stop()]);
  });

  test('random statements', async () => {
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(scripts, async ({ schema, statements }) => {
        for (const sql of schema)
          for (const peer of [we, they]) expect(await peer.run(sql), sql).toHaveProperty('affected');
        for (const sql of statements) {
          const [our, their] = await Promise.all([we.run(sql), they.run(sql)]);
          compared++;
          if (canonical(our) !== canonical(their)) {
            if (!rightlyDiffers(our, their)) expect(show(our), sql).toBe(show(their));
            // What was changed differently cannot be compared any more.
            if ('affected' in our || 'affected' in their) return;
          }
          if (/^(select|with)/.test(sql)) continue;
          const rows = 'select * from a order by k';
          expect(canonical(await we.run(rows), true), `${sql}; ${rows}`).toBe(canonical(await they.run(rows), true));
        }
      }),
      { numRuns: RUNS },
    );
    expect(compared).toBeGreaterThanOrEqual(RUNS * 2);
  });

  test('searches in full-text indexes', async () => {
    const both = async (sql: string): Promise<[string, string]> => {
      const [our, their] = await Promise.all([we.run(sql), they.run(sql)]);
      return [canonical(our), canonical(their)];
    };
    const table = 'create table searched (k int primary key, a text, b text, fulltext (a, b))';
    await both(`${table} character set utf8mb4 collate utf8mb4_bin`);
    const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;
    await fc.assert(
      fc.asyncProperty(texts, async ({ rows, searches, words }) => {
        await both('delete from searched');
        await both(`insert into searched values ${rows.map((row, k) => `(${[k, ...row.map(quoted)]})`)}`);
        for (const mode of ['', ' with query expansion']) {
          const found = `select k from searched where match (a, b) against (${quoted(words)}${mode})`;
          const [our, their] = await both(found);
          expect(our, `${words}${mode} in ${JSON.stringify(rows)}`).toBe(their);
        }
        for (const search of searches) {
          const found = `select k from searched where match (a, b) against (${quoted(search)} in boolean mode)`;
          const [our, their] = await both(found);
          expect(our, `${search} in ${JSON.stringify(rows)}`).toBe(their);
          // By all rows, where the index is not asked.
          const [all] = await both(found.replace('match', '1 = 1 and 0 < match'));
          expect(all, search).toBe(our);
        }
      }),
      { numRuns: RUNS },
    );
  });

  test.each(KNOWN_DIFFERENCES)('$sql', async ({ sql, ours: our, mariadb: their }) => {
    expect([canonical(await we.run(sql)), canonical(await they.run(sql))]).toEqual([our, their]);
  });
});

const show = (answer: Awaited<ReturnType<Peer['run']>>): string =>
  canonical(answer) + ('message' in answer ? ` ${answer.message}` : '');
