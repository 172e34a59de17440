import { describe, expect, test } from 'vitest';
import {
  folded,
  literal,
  matches,
  nameWeights,
  patternWeights,
  type RuleColumn,
} from '../../../src/sql/accounts/branch-control/pattern.ts';
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

describe('patterns of branch permissions', () => {
  const standsFor = (pattern: string, name: string, column: RuleColumn): boolean =>
    matches(patternWeights(folded(pattern), column), nameWeights(name, column));

  test.each([
    ['%%', '%'],
    ['%_', '_%'],
    ['a%_%_b', 'a__%b'],
    ['%\\%%%', '%\\%%'],
    ['\\\\%%', '\\\\%'],
    ['a\\', 'a\\'],
  ])('%s is %s', (pattern, short) => {
    expect(folded(pattern)).toBe(short);
  });

  test.each([
    ['rel%', 'RELEASE', 'branch', true],
    ['rel%', 'RELEASE', 'user', false],
    ['café', 'Cafe', 'database', true],
    ['café', 'cafe', 'user', false],
    ['_', '𝒳', 'host', true],
    ['m\\_in', 'm_in', 'branch', true],
    ['m\\_in', 'main', 'branch', false],
  ] as const)('%s is %s as a %s: %s', (pattern, name, column, expected) => {
    expect(standsFor(pattern, name, column)).toBe(expected);
  });

  test('match as regular expressions do, folded or not, and what a name is literally', () => {
    const parts = fc.array(fc.constantFrom('a', 'b', '%', '_', '\\%', '\\_'), { maxLength: 7 });
    const names = fc.array(fc.constantFrom('a', 'b', '%', '_'), { maxLength: 7 });
    fc.assert(
      fc.property(parts, names, (pattern, letters) => {
        const name = letters.join('');
        const source = pattern.map((part) => (part === '%' ? '.*' : part === '_' ? '.' : part.slice(-1))).join('');
        expect(standsFor(pattern.join(''), name, 'user')).toBe(new RegExp(`^${source}$`).test(name));
        expect(standsFor(literal(name), name, 'user')).toBe(true);
      }),
    );
  });

  test('that stand for all of another one match it', () => {
    const covers = (wide: string, narrow: string): boolean =>
      matches(patternWeights(wide, 'branch'), patternWeights(narrow, 'branch'));
    expect(covers('abc%', 'abc__')).toBe(true);
    expect(covers('abc__', 'abc%')).toBe(false);
    expect(covers('%', '_%')).toBe(true);
    expect(covers('_%', '%')).toBe(false);
    expect(covers('a_', 'a\\_')).toBe(true);
    expect(covers('a\\_', 'a_')).toBe(false);
  });
});
