/**
 * SQLite's sqllogictest: short scripts whole, of the long ones every statement and a part of the queries.
 * `npm run test:logic` plays everything.
 */
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test, vi } from 'vitest';
import { play } from './play.ts';
import { type LogicRecord, parseLogicScript } from './records.ts';
import { readScript, scriptsBelow } from './scripts.ts';

const fixtures = fileURLToPath(new URL('../../fixtures/sqllogictest', import.meta.url));

/**
 * Every so many queries of these are played. Those of `index` ask the same of five tables with other indexes, and those of
 * select5 are joins of 4 to 64 tables, alike but for their order.
 */
const ONE_IN: readonly (readonly [RegExp, number])[] = [
  [/^index\//, 7],
  [/^select5\./, 3],
  [/^random\//, 3],
];

function part(name: string, records: readonly LogicRecord[]): readonly LogicRecord[] {
  const oneIn = ONE_IN.find(([pattern]) => pattern.test(name))?.[1] ?? 1;
  return records.filter(({ kind }, at) => kind === 'statement' || at % oneIn === 0);
}

vi.setConfig({ testTimeout: 300_000 });

const sum = { passed: 0, skipped: 0, left: 0 };

test.each(scriptsBelow(fixtures))('$name', async ({ name, path }) => {
  const { records, skipped } = parseLogicScript(readScript(path));
  const playing = part(name, records);
  const failures: string[] = [];
  const { passed } = await play(playing, { timeLimit: 30_000, onFailure: (message) => failures.push(message) });
  sum.passed += passed;
  sum.skipped += skipped;
  sum.left += records.length - playing.length;
  expect(failures.slice(0, 10)).toEqual([]);
  expect(passed).toBe(playing.length);
});

afterAll(() => {
  const { passed, skipped, left } = sum;
  console.log(`sqllogictest: ${passed} records passed, ${skipped} are for other engines, ${left} were left out`);
});
