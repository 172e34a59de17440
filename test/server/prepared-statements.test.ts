import { expect, test } from 'vitest';
import { addLongData, PreparedStatements, resetStatement } from '../../src/server/prepared-statements.ts';
import { parseStatement } from '../../src/sql/syntax/parse.ts';

test('of a parameter that comes in more bytes than allowed none are kept', () => {
  const statement = new PreparedStatements().add(parseStatement('select ?'), 10);
  for (const length of [6, 4]) addLongData(statement, 0, Buffer.alloc(length), 10);
  expect(Buffer.concat(statement.longData.get(0)!)).toHaveLength(10);
  for (let i = 0; i < 2; i++) {
    addLongData(statement, 0, Buffer.alloc(1), 10);
    expect(statement.longData.size).toBe(0);
  }
  resetStatement(statement);
  addLongData(statement, 0, Buffer.alloc(10), 10);
  expect(statement.longData.size).toBe(1);
});
