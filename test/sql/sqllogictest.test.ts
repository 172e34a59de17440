/**
 * SQLite's sqllogictest: the evidence scripts whole, of the random ones every statement and some 250 queries each
 * (`fixtures/sqllogictest`). `SQLLOGICTEST=folder` runs every `*.test.gz` below that folder instead.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { memoryDatabase } from './memory-engine.ts';
import { mismatch, parseLogicTest } from './sqllogictest.ts';

const folder = process.env['SQLLOGICTEST'] ?? fileURLToPath(new URL('../../fixtures/sqllogictest', import.meta.url));
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.test.gz'));

test.each(files)('%s', async (file) => {
  const records = parseLogicTest(gunzipSync(readFileSync(join(folder, file))).toString('utf8'));
  const database = memoryDatabase();
  const session = database.session();
  const mismatches: string[] = [];
  for (const record of records) {
    const found = await mismatch(session, record);
    if (found !== undefined) mismatches.push(found);
  }
  await session.close();
  database.opened.close();
  expect(records.length).toBeGreaterThan(0);
  expect(mismatches).toEqual([]);
});
