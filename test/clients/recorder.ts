/** Checks of a client that runs in this process, recorded as a program's output would be. */
import type { Check } from './scenario.ts';
import type { Seen } from './served-clients.ts';

/** Takes one line that a check saw. */
export type Got = (...fields: readonly unknown[]) => void;

export type Checks = Readonly<Partial<Record<Check, (got: Got) => Promise<void>>>>;

/** Plays them one after the other. */
export async function recorded(checks: Checks): Promise<Seen> {
  const seen = new Map<string, (string | null)[][] | string>();
  for (const [check, play] of Object.entries(checks)) {
    const lines: (string | null)[][] = [];
    try {
      await play((...fields) => lines.push(fields.map(textOf)));
      seen.set(check, lines);
    } catch (error) {
      seen.set(check, `threw: ${error}`);
    }
  }
  return seen;
}

function textOf(field: unknown): string | null {
  if (field === null || field === undefined) return null;
  return Buffer.isBuffer(field) ? field.toString('hex') : String(field);
}
