/**
 * Random lives (scenario.ts), a few for every run of the suite. `SCENARIO_SEEDS=1-5000` plays those seeds; a seed that
 * failed is added to `KEPT`.
 */
import { writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { loadStatements, Scenario } from './scenario.ts';

const KEPT: readonly number[] = [345, 1036, 1461, 1638, 2093, 2142, 3347, 3786, 4349, 5103];

const [first = 1, last = 25] = (process.env['SCENARIO_SEEDS'] ?? '').split('-').filter(Boolean).map(Number);
const seeds = [...KEPT, ...Array.from({ length: last - first + 1 }, (_, index) => first + index)];
const { SCENARIO_LOG: log } = process.env;

test('promises hold in random lives', async () => {
  await loadStatements();
  const failures: string[] = [];
  for (const seed of seeds) {
    const scenario = new Scenario(seed);
    try {
      await scenario.play();
    } catch (error) {
      failures.push(`seed ${seed}: ${error instanceof Error ? error.message : error}`);
      if (log !== undefined) writeFileSync(log, `${scenario.log.join('\n')}\n${(error as Error).stack}\n`);
    }
  }
  expect(failures).toEqual([]);
}, 3_600_000);
