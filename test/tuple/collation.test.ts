import { describe, expect, test } from 'vitest';
import { allCollations, collationById, collationByName, collationOfCharacterSet } from '../../src/tuple/collation.ts';
import { runeWeights } from '../../src/tuple/rune-weights.ts';
import { hasWeightStrings, weightStrings } from '../../src/tuple/weight-string.ts';
import fc from '../fast-check.ts';

const sorted = (name: string, texts: string[]): string[] => texts.sort(collationByName(name)!.compare);

test('collations by id, name and character set', () => {
  expect(collationById(309)!.name).toBe('utf8mb4_0900_bin');
  expect(collationById(0)!.id).toBe(309);
  expect(collationById(255)!.name).toBe('utf8mb4_0900_ai_ci');
  expect(collationByName('UTF8_General_CI')!.id).toBe(33);
  expect(collationByName('nonesuch')).toBeUndefined();
  expect(collationOfCharacterSet('latin1')!.name).toBe('latin1_swedish_ci');
  expect(collationOfCharacterSet('utf8mb4')!.name).toBe('utf8mb4_0900_ai_ci');
  expect(allCollations().length).toBe(286);
});

test('what is equal and what is not', () => {
  const equal = (name: string, a: string, b: string): boolean => collationByName(name)!.compare(a, b) === 0;
  expect(equal('utf8mb4_0900_ai_ci', 'Straße', 'STRASSE')).toBe(false);
  expect(equal('utf8mb4_0900_ai_ci', 'Äpfel', 'apfel')).toBe(true);
  expect(equal('utf8mb4_0900_as_ci', 'Äpfel', 'apfel')).toBe(false);
  expect(equal('utf8mb4_0900_as_ci', 'Äpfel', 'äPFEL')).toBe(true);
  expect(equal('utf8mb4_0900_as_cs', 'Äpfel', 'äPFEL')).toBe(false);
  expect(equal('utf8mb4_general_ci', 'Äpfel', 'APFEL')).toBe(true);
  expect(equal('utf8mb4_unicode_ci', 'É', 'e')).toBe(true);
  expect(equal('latin1_swedish_ci', 'É', 'e')).toBe(true);
  expect(equal('utf8mb4_bin', 'a', 'A')).toBe(false);
  expect(equal('utf8mb4_general_ci', 'a', 'a ')).toBe(false);
});

test('order', () => {
  expect(sorted('utf8mb4_0900_ai_ci', ['b', 'Z', 'ä', 'A1', 'z ', 'é', 'C'])).toEqual([
    'ä',
    'A1',
    'b',
    'C',
    'é',
    'Z',
    'z ',
  ]);
  expect(sorted('utf8mb4_0900_bin', ['b', 'Z', '\u{1F600}', 'ä', '\uff5e'])).toEqual([
    'Z',
    'b',
    'ä',
    '\uff5e',
    '\u{1F600}',
  ]);
});

test('a collation that is known by name only refuses to compare', () => {
  const collation = collationByName('utf8mb4_ja_0900_as_cs')!;
  expect(collation.isSupported).toBe(false);
  expect(() => collation.compare('a', 'b')).toThrow(/utf8mb4_ja_0900_as_cs/);
});

const text = fc
  .array(fc.constantFrom(...'aAäÄáÀbBßsSzZ 1日本é\u0301\u{1F600}\uffee\u0000\t'), { maxLength: 6 })
  .map((c) => c.join(''));

describe('comparisons of bytes, of strings and of keys agree', () => {
  for (const { name, isSupported, compare, compareBytes, keyOf } of allCollations()) {
    if (!isSupported) continue;
    test(name, () => {
      fc.assert(
        fc.property(fc.oneof(text, fc.string({ unit: 'binary' })), text, text, (a, b, c) => {
          const [x, y] = [Buffer.from(a), Buffer.from(b)];
          const order = Math.sign(compare(a, b));
          expect(Math.sign(compareBytes(x, 0, x.length, y, 0, y.length))).toBe(order);
          expect(Math.sign(compare(b, a))).toBe(order === 0 ? 0 : -order);
          expect(keyOf(a) === keyOf(b)).toBe(order === 0);
          if (order <= 0 && compare(b, c) <= 0) expect(compare(a, c)).toBeLessThanOrEqual(0);
        }),
        { numRuns: 200 },
      );
    });
  }
});

test('a rune cut apart by a prefix length counts as U+FFFD', () => {
  const { compareBytes } = collationByName('utf8mb4_0900_bin')!;
  const cut = Buffer.from([0xc3]);
  const cjk = Buffer.from('日');
  const emoji = Buffer.from('\u{1F600}');
  expect(compareBytes(cut, 0, 1, cjk, 0, 3)).toBeGreaterThan(0);
  expect(compareBytes(cut, 0, 1, emoji, 0, 4)).toBeLessThan(0);
});

describe('the weights of WEIGHT_STRING have the order of comparisons', () => {
  for (const { name } of allCollations().filter(({ name }) => hasWeightStrings(name))) {
    test(name, () => {
      const ranks = runeWeights(name);
      const strings = weightStrings(name);
      const last = strings.bytesEach === 1 ? 0x7f : /general|utf8mb3/.test(name) ? 0xffff : 0x2fa1d;
      const runes: { rune: number; rank: number; weights: string }[] = [];
      // In the original, blanks and what UCA ignores are one, where a collation pads with blanks.
      for (let rune = 0x21; rune <= last; rune += rune < 0x180 ? 1 : 13) {
        if ((rune >= 0xd800 && rune <= 0xdfff) || /\s/u.test(String.fromCodePoint(rune))) continue;
        const weights = String.fromCharCode(...strings.of(String.fromCodePoint(rune)));
        if (weights === '') continue;
        runes.push({ rune, rank: ranks.of(rune), weights });
      }
      runes.sort((a, b) => a.rank - b.rank);
      const wrong = runes.filter(({ rank, weights }, i) => {
        const before = runes[i - 1];
        if (before === undefined) return false;
        return before.rank === rank ? before.weights !== weights : before.weights >= weights;
      });
      expect(wrong).toEqual([]);
    });
  }
});
