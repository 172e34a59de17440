/** Golden scripts of functions and operators, one a family. `UPDATE_GOLDEN=1` rewrites the results; read the diff. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { evaluateText } from './evaluate.ts';

const folder = join(import.meta.dirname, 'golden');

function resultOf(expression: string): string {
  try {
    return evaluateText(expression).text.replaceAll('\n', '\\n').replaceAll('\0', '\\0');
  } catch (error) {
    return `ERROR ${(error as Error).message}`;
  }
}

for (const file of readdirSync(folder)) {
  test(file, () => {
    const path = join(folder, file);
    const recorded = readFileSync(path, 'utf8');
    let cases = 0;
    const found = recorded.replace(/^([^#\n].*)\n---\n.*$/gm, (_whole, expression: string) => {
      cases++;
      return `${expression}\n---\n${resultOf(expression)}`;
    });
    expect(cases).toBeGreaterThan(20);
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(path, found);
    else expect(found).toBe(recorded);
  });
}
