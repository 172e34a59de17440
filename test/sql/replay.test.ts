/** The same SQL gives the addresses that Dolt gave (fixtures/replay), in one process. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { memoryDatabase } from './memory-engine.ts';

interface Case {
  readonly steps: readonly string[];
  readonly tables: Readonly<Record<string, string>>;
  readonly db?: string;
  /** The last commit, where the steps fix authors and dates. */
  readonly head?: string;
}

const folder = fileURLToPath(new URL('../../fixtures/replay', import.meta.url));

for (const file of readdirSync(folder).filter((name) => name.endsWith('.json'))) {
  const cases = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Record<string, Case>;
  describe(file, () => {
    test.each(Object.entries(cases))('%s', async (name, { steps, tables, db, head }) => {
      const database = memoryDatabase(name);
      for (const step of steps) await database.run(step);
      for (const [table, address] of Object.entries(tables)) {
        expect(await database.scalar(`select dolt_hashof_table('${table}')`), table).toBe(address);
      }
      if (db !== undefined) expect(await database.scalar('select dolt_hashof_db()')).toBe(db);
      if (head !== undefined) expect(await database.scalar("select dolt_hashof('HEAD')")).toBe(head);
      database.opened.close();
    });
  });
}
