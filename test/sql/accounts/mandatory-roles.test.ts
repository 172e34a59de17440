import { expect, test } from 'vitest';
import { parseMandatoryRoles } from '../../../src/sql/accounts/mandatory-roles.ts';

test.each([
  ['', []],
  ['  ', []],
  ['a', ['a@%']],
  ["a@localhost, 'b c'@'%' ,`d`@HOST", ['a@localhost', 'b c@%', 'd@host']],
  ['"x,y"', ['x,y@%']],
  ["a@''", ['a@']],
  ['a,', undefined],
  [',a', undefined],
  ['a b', undefined],
  ["'a", undefined],
  ['a@', undefined],
])('%s', (text, names) => {
  expect(parseMandatoryRoles(text)?.map(({ user, host }) => `${user}@${host}`)).toEqual(names);
});
