/** Whatever the text, the parser gives a tree or a syntax error, soon. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { parseStatements } from '../../../src/sql/syntax/parse.ts';
import { SqlSyntaxError } from '../../../src/sql/syntax/sql-syntax-error.ts';
import fc from '../../fast-check.ts';

const folder = fileURLToPath(new URL('./golden/', import.meta.url));
const statements = readdirSync(folder).flatMap((file) =>
  readFileSync(folder + file, 'utf8')
    .split('\n\n')
    .map((record) => record.split('\n---\n')[0]!),
);
const pieces = statements.flatMap((statement) => statement.split(/\b/));

const mutation = fc.record({
  statement: fc.constantFrom(...statements),
  cuts: fc.array(
    fc.record({
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      length: fc.nat(12),
      piece: fc.constantFrom('', "'", '`', '(', ')', '/*', '*/', ';', '\0', '\\', ...pieces),
    }),
    { minLength: 1, maxLength: 4 },
  ),
});

test('mutated statements', () => {
  fc.assert(
    fc.property(mutation, ({ statement, cuts }) => {
      let text = statement;
      for (const { at, length, piece } of cuts) {
        const start = Math.floor(at * text.length);
        text = text.slice(0, start) + piece + text.slice(start + length);
      }
      const before = process.cpuUsage();
      try {
        for (const parsed of parseStatements(text)) {
          expect(text.slice(parsed.statement.start, parsed.statement.end)).toBe(parsed.text);
        }
      } catch (error) {
        if (!(error instanceof SqlSyntaxError)) throw error;
        expect(error.position).toBeLessThanOrEqual(text.length);
      }
      // Of the processor, which a busy machine hardly changes.
      expect(process.cpuUsage(before).user).toBeLessThan(500_000);
    }),
    { numRuns: 3_000 },
  );
});
