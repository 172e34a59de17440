import { expect, test } from 'vitest';
import { typeChange } from '../../../src/repo/merge/type-change.ts';

const CASELESS = 'collate utf8mb4_0900_ai_ci';

/** What a merge has to do: nothing, build indexes anew, write rows anew as well; or it is refused. */
test.each([
  ['varchar(20)', 'varchar(21)', 'nothing'],
  ['varchar(20)', 'varchar(19)', 'refused'],
  ['varchar(20)', 'char(20)', 'nothing'],
  ['varchar(20)', `varchar(20) ${CASELESS}`, 'indexes'],
  ['varchar(20)', `varchar(19) ${CASELESS}`, 'refused'],
  ['varchar(20)', 'varchar(80) character set latin1', 'refused'],
  ['varchar(20)', 'varbinary(80)', 'refused'],
  ['varchar(16383)', 'text', 'rows'],
  ['text', 'varchar(16383)', 'refused'],
  ['text', 'mediumtext', 'nothing'],
  ['longtext', 'mediumtext', 'refused'],
  ['tinytext', 'varchar(64)', 'rows'],
  ['varbinary(5)', 'binary(5)', 'rows'],
  ['varbinary(5)', 'varbinary(6)', 'nothing'],
  ["enum('a','b')", "enum('a','b','c')", 'nothing'],
  ["enum('a','b')", "enum('b','a')", 'refused'],
  ["enum('a','b')", "enum('a')", 'refused'],
  ["enum('a','b')", `enum('a','b') ${CASELESS}`, 'refused'],
  ["set('a')", "set('a','b')", 'nothing'],
  ["set('a')", "enum('a','b')", 'refused'],
  ['int', 'bigint', 'refused'],
  ['int', 'int', 'nothing'],
])('%s to %s: %s', (from, to, needed) => {
  const { compatible, rewritesRows, rebuildsIndexes } = typeChange(from, to);
  expect(rebuildsIndexes || !rewritesRows).toBe(true);
  const found = !compatible ? 'refused' : rewritesRows ? 'rows' : rebuildsIndexes ? 'indexes' : 'nothing';
  expect(found).toBe(needed);
});
