/** Names of databases by their folders, as the original makes them. */
import { expect, test } from 'vitest';
import { databaseName } from '../../src/repo/database-name.ts';

test.each([
  ['irs', 'irs'],
  ['corona-virus', 'corona_virus'],
  ['  fake   name  ', 'fake_name'],
  ['a--b __c', 'a_b_c'],
  ['-x-', '_x_'],
])("'%s' with DOLT_DBNAME_REPLACE is '%s', and as it is without", (folder, name) => {
  expect(databaseName(folder, { variables: { DOLT_DBNAME_REPLACE: 'true' } })).toBe(name);
  expect(databaseName(folder, { variables: {} })).toBe(folder);
});
