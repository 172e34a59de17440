/**
 * Random lives of servers that take over from each other. `FAILOVER_SEEDS=1-5000` plays those seeds; a seed that failed is
 * added to `KEPT`.
 */
import { writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { RandomFailover } from './random-failover.ts';
import { loadStatements } from './scenario.ts';

const KEPT: readonly number[] = [1056];

const [first = 1, last = 20] = (process.env['FAILOVER_SEEDS'] ?? '').split('-').filter(Boolean).map(Number);
const seeds = [...KEPT, ...Array.from({ length: last - first + 1 }, (_, index) => first + index)];
const { FAILOVER_LOG: log } = process.env;

test('promises hold while servers take over from each other', async () => {
  await loadStatements();
  const failures: string[] = [];
  let acknowledged = 0;
  let promotions = 0;
  const seen = { recoveries: 0, retried: 0, reads: 0, clones: 0 };
  for (const seed of seeds) {
    const life = new RandomFailover(seed);
    try {
      await life.play();
      acknowledged += life.acknowledged;
      promotions += life.promotions;
      for (const name of Object.keys(seen) as (keyof typeof seen)[]) seen[name] += life[name];
    } catch (error) {
      failures.push(`seed ${seed}: ${error instanceof Error ? error.message : error}`);
      if (log !== undefined) writeFileSync(log, `${life.log.join('\n')}\n${(error as Error).stack}\n`);
    }
  }
  expect(failures).toEqual([]);
  // They did something.
  expect(acknowledged).toBeGreaterThan(seeds.length);
  expect(promotions).toBeGreaterThan(seeds.length);
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(0);
}, 3_600_000);
