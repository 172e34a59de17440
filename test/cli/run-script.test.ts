/** What a script prints on standard output and on standard error. */
import { expect, test } from 'vitest';
import { runScript } from '../../src/cli/sql/run-script.ts';
import type { Terminal } from '../../src/cli/terminal.ts';
import { memoryDatabase } from '../sql/memory-engine.ts';

async function printed(script: string): Promise<{ out: string; errors: string[] }> {
  let out = '';
  const errors: string[] = [];
  const terminal = {
    write: (text: string) => {
      out += text;
    },
    line: (text: string) => {
      out += `${text}\n`;
    },
    error: (text: string) => errors.push(text),
  } as unknown as Terminal;
  const database = memoryDatabase();
  const session = database.session();
  await runScript(terminal, session, script, { format: 'csv', showsChanges: false });
  await session.close();
  database.opened.close();
  return { out, errors };
}

test('warnings are said once, notes are not', async () => {
  const { out, errors } = await printed('drop table if exists nosuch; select 1/0 as x; show warnings');
  expect(errors).toEqual(['Division by 0']);
  expect(out).toBe('x\n\nLevel,Code,Message\nWarning,1365,Division by 0\n');
});
