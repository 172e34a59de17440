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

/** Of scripts with more records, every so many queries are played. */
const LONG = 5000;
const ONE_IN = 3;

function part(records: readonly LogicRecord[]): readonly LogicRecord[] {
  if (records.length < LONG) return records;
  return records.filter(({ kind }, at) => kind === 'statement' || at % ONE_IN === 0);
}

vi.setConfig({ testTimeout: 300_000 });

const sum = { passed: 0, skipped: 0, left: 0 };

test.each(scriptsBelow(fixtures))('$name', async ({ path }) => {
  const { records, skipped } = parseLogicScript(readScript(path));
  const playing = part(records);
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
