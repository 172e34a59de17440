/**
 * Golden scripts: SQL with what it gives, one folder a topic, in `*.sql.golden`. A block is statements, a line `---`, their
 * results and an empty line; a line `# …` is a remark, `session NAME` continues in another session, `session NAME as USER@HOST`
 * in one that this user logs in to from there. `UPDATE_GOLDEN=1` writes the results anew, to be read in the diff.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { Session } from '../../src/sql/engine-session.ts';
import { type MemoryDatabase, memoryDatabase, resultLines } from '../sql/memory-engine.ts';

const folder = fileURLToPath(new URL('.', import.meta.url));

interface Block {
  readonly remarks: readonly string[];
  readonly session: string;
  readonly sql: string;
  readonly expected: string;
}

function parse(text: string): Block[] {
  return text
    .split(/\n\n+/)
    .filter((part) => part.trim() !== '')
    .map((part) => {
      const [head = '', ...result] = part.split(/^---$/m);
      const lines = head.trim().split('\n');
      const remarks = lines.filter((line) => line.startsWith('#'));
      const named = lines.find((line) => line.startsWith('session '));
      const sql = lines.filter((line) => !line.startsWith('#') && line !== named).join('\n');
      const session = named?.slice('session '.length) ?? '';
      return { remarks, session, sql, expected: result.join('---').trim() };
    });
}

async function run(session: Session, sql: string): Promise<string> {
  const lines: string[] = [];
  try {
    for await (const executed of session.execute(sql)) lines.push(...(await resultLines(executed, session)));
  } catch (error) {
    const { errno, message } = error as { errno?: number; message: string };
    lines.push(`error${errno === undefined ? '' : ` ${errno}`}: ${message}`);
  }
  return lines.join('\n').replace(/\n\n+/g, '\n').trim();
}

async function open(name: string, database: MemoryDatabase): Promise<Session> {
  const [, user, host] = / as (.*)@(.*)$/.exec(name) ?? [];
  return user === undefined ? database.session() : await database.logIn(user, host!);
}

for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
  name.endsWith('.sql.golden'),
)) {
  test(file.replace('.sql.golden', ''), async () => {
    const path = join(folder, file);
    const blocks = parse(readFileSync(path, 'utf8'));
    const database = memoryDatabase();
    const sessions = new Map<string, Session>();
    const got: string[] = [];
    for (const block of blocks) {
      const session = sessions.get(block.session) ?? (await open(block.session, database));
      sessions.set(block.session, session);
      got.push(block.sql === '' ? '' : await run(session, block.sql));
    }
    for (const session of sessions.values()) await session.close();
    database.opened.close();
    if (process.env['UPDATE_GOLDEN']) {
      const written = blocks.map(({ remarks, session, sql }, i) => {
        const head = [...remarks, ...(session === '' ? [] : [`session ${session}`]), sql].filter((line) => line !== '');
        return sql === '' ? head.join('\n') : `${head.join('\n')}\n---\n${got[i]}`;
      });
      writeFileSync(path, `${written.join('\n\n')}\n`);
      return;
    }
    blocks.forEach(({ sql, expected }, i) => {
      expect(got[i], sql).toBe(expected);
    });
  });
}
