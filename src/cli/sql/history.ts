/** What was typed in the shell, a statement a line, over all sessions. A home that cannot be used only costs the history. */
import { appendFileSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';

export const HISTORY_LENGTH = 1_000;

/** The newest first. */
export function readHistory(path: string | undefined): string[] {
  if (path === undefined || path === '') return [];
  try {
    const lines = readFileSync(path, 'utf8').split('\n').filter(Boolean).slice(-HISTORY_LENGTH);
    return lines.reverse().flatMap(statementOf);
  } catch {
    return [];
  }
}

/** One spoilt line does not cost the others. */
function statementOf(line: string): string[] {
  try {
    const statement: unknown = JSON.parse(line);
    return typeof statement === 'string' ? [statement] : [];
  } catch {
    return [];
  }
}

export function remember(path: string | undefined, text: string): void {
  if (path === undefined || path === '') return;
  try {
    mkdirSync(dirname(path), { recursive: true });
    appendFileSync(path, `${JSON.stringify(text.replaceAll('\n', ' '))}\n`);
  } catch {
    // See above.
  }
}
