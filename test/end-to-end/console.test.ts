/**
 * Transcripts of the command line, `console/*.golden`: commands with what they print and their exit status, good uses and
 * wrong ones. `UPDATE_GOLDEN=1` rewrites the outcomes; read the diff.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { play } from './console.ts';

const folder = fileURLToPath(new URL('./console/', import.meta.url));
const files = readdirSync(folder).filter((name) => name.endsWith('.golden'));

/** Played in two time zones: what they print must not depend on it. */
const IN_TWO_ZONES = ['times.golden'];

describe.concurrent('transcripts', () => {
  const runs = files.flatMap((file) => {
    const zones = IN_TWO_ZONES.includes(file) ? ['UTC', 'America/Los_Angeles'] : ['America/Los_Angeles'];
    return zones.map((zone) => [file, zone] as const);
  });
  test.each(runs)('%s, TZ=%s', async (file, zone) => {
    const text = readFileSync(folder + file, 'utf8');
    const played = await play(text, zone);
    if (process.env['UPDATE_GOLDEN']) writeFileSync(folder + file, played);
    else expect(played).toBe(text);
  });
});
