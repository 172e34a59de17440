/**
 * Golden scripts: blocks of a statement, `---` and its result (names, rows; or the error). A block whose statement
 * starts with `explain` shows the plan. `UPDATE_GOLDEN=1` rewrites results; read the diff.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { SqlError } from '../../../src/sql/types/sql-error.ts';
import { explained, printed, TestDatabase } from '../query-fixture.ts';

const folder = fileURLToPath(new URL('./scripts/', import.meta.url));

function resultOf(database: TestDatabase, statement: string): string {
  const plan = /^explain\s+/i.exec(statement);
  try {
    const answer = database.run(plan ? statement.slice(plan[0].length) : statement);
    if (!answer) return 'ok';
    return plan ? explained(answer) : [answer.names.join(' | '), ...printed(answer)].join('\n');
  } catch (error) {
    if (error instanceof SqlError) return `ERROR ${error.errno} (${error.sqlState}): ${error.message}`;
    throw error;
  }
}

for (const file of readdirSync(folder)) {
  test(file, () => {
    const database = new TestDatabase();
    const blocks = readFileSync(folder + file, 'utf8')
      .split(/\n{2,}/)
      .filter((block) => block.trim() !== '');
    const ran = blocks.map((block) => {
      const statement = block.split('\n---')[0]!.trim();
      return `${statement}\n---\n${resultOf(database, statement)}`;
    });
    const text = `${ran.join('\n\n')}\n`;
    if (process.env['UPDATE_GOLDEN']) writeFileSync(folder + file, text);
    expect(text).toBe(readFileSync(folder + file, 'utf8'));
  });
}
