import { describe, expect, test } from 'vitest';
import { byHostSpecificity, matchesHost } from '../../../src/sql/accounts/host-pattern.ts';
import { bySpecificity, matchesPattern } from '../../../src/sql/accounts/name-pattern.ts';
import fc from '../../fast-check.ts';

describe('names with wildcards', () => {
  test.each([
    ['shop', 'shop', true],
    ['SHOP', 'shop', true],
    ['shop', 'sho', false],
    ['shop1', 'shop_', true],
    ['shop', 'shop_', false],
    ['shop', 'shop%', true],
    ['shop_1', 'shop\\_1', true],
    ['shopx1', 'shop\\_1', false],
    ['a%b', 'a\\%b', true],
    ['axb', 'a\\%b', false],
    ['', '%', true],
    ['aXbXc', 'a%b%c', true],
    ['a.c', 'a_c', true],
    ['abcabd', '%abd', true],
    ['ü', '_', true],
  ])('%s is %s: %s', (name, pattern, expected) => {
    expect(matchesPattern(name, pattern)).toBe(expected);
  });

  test('match as regular expressions do', () => {
    const letter = fc.constantFrom('a', 'b', '%', '_');
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('a', 'b'), { maxLength: 8 }),
        fc.array(letter, { maxLength: 6 }),
        (name, pattern) => {
          const source = pattern.map((part) => (part === '%' ? '.*' : part === '_' ? '.' : part)).join('');
          expect(matchesPattern(name.join(''), pattern.join(''))).toBe(new RegExp(`^${source}$`).test(name.join('')));
        },
      ),
    );
  });

  test('cost no more than they are long', () => {
    expect(matchesPattern('a'.repeat(5000), `${'%a'.repeat(30)}%b`)).toBe(false);
  });

  test('are sorted by how much they say', () => {
    const patterns = ['%', 'sh%', 'shop', 'shop_', 'shop\\_1'];
    expect(patterns.toSorted(bySpecificity)).toEqual(['shop\\_1', 'shop', 'shop_', 'sh%', '%']);
  });
});

describe('hosts', () => {
  test.each([
    ['10.0.1.2', '10.0.%', true],
    ['10.1.1.2', '10.0.%', false],
    ['10.0.1.2', '%', true],
    ['10.0.1.2', '10.0.0.0/255.255.0.0', true],
    ['10.1.1.2', '10.0.0.0/255.255.0.0', false],
    ['10.0.1.2', '10.0.0.0/16', true],
    ['10.1.1.2', '10.0.0.0/16', false],
    ['10.1.1.2', '0.0.0.0/0', true],
    ['10.1.1.2', '10.0.0.0/99', false],
    ['localhost', 'localhost', true],
    ['localhost', 'LOCALHOST', true],
    ['localhost', '127.0.0.1', true],
    ['localhost', '::1', true],
    ['127.0.0.1', 'localhost', true],
    ['::1', 'localhost', true],
    ['localhost', '127.%', true],
    ['127.0.0.2', 'localhost', false],
    ['10.0.1.2', 'localhost', false],
    ['10.0.1.2', '', false],
    ['evil10.0.1.2', '10.0.1.2', false],
  ])('%s is %s: %s', (host, pattern, expected) => {
    expect(matchesHost(host, pattern)).toBe(expected);
  });

  test('the most specific comes first', () => {
    const hosts = ['%', '10.%', 'localhost', '10.0.%', '10.0.0.0/16', '10.0.0.1', ''];
    const sorted = hosts.toSorted(byHostSpecificity);
    expect(sorted.slice(0, 2).sort()).toEqual(['10.0.0.1', 'localhost']);
    expect(sorted.slice(2)).toEqual(['10.0.0.0/16', '10.0.%', '10.%', '%', '']);
  });
});
