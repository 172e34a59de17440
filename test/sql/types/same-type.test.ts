import { expect, test } from 'vitest';
import { BIGINT, BOOLEAN, decimal, INT, sameType, TINYINT, varchar } from '../../../src/sql/types/sql-type.ts';
import { parseStoredType } from '../../../src/sql/types/sql-type-text.ts';

test.each([
  [INT, { ...INT }, true],
  [INT, BIGINT, false],
  [TINYINT, BOOLEAN, false],
  [BOOLEAN, TINYINT, false],
  [decimal(10, 2), decimal(10, 2), true],
  [decimal(10, 2), decimal(10, 3), false],
  [varchar(9), { collation: varchar(9).collation, length: 9, kind: 'varchar' } as const, true],
  [varchar(9), varchar(9, 'utf8mb4_general_ci'), false],
  [varchar(9), { ...varchar(9), kind: 'char' } as const, false],
  [parseStoredType("enum('a','b')"), parseStoredType("enum('a','b')"), true],
  [parseStoredType("enum('a','b')"), parseStoredType("enum('a','c')"), false],
  [parseStoredType("set('a','b')"), parseStoredType("set('a')"), false],
])('%j and %j are the same: %s', (left, right, same) => {
  expect(sameType(left, right)).toBe(same);
});
