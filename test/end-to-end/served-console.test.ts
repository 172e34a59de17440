/**
 * The transcripts of the command line once more, while a server runs in every repository: what commands print, and how they
 * exit, must not depend on it.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { play } from './console.ts';

const folder = fileURLToPath(new URL('./console/', import.meta.url));

/** A server replicates what the command line by itself does not. */
const NOT_WHERE_SERVED = /^(?:! )?note: commands of the command line do not replicate.*\n/gm;

describe.concurrent('transcripts through a server', () => {
  test.each(['changes', 'merges', 'remotes', 'sql', 'tables', 'versions'])('%s', async (name) => {
    const text = readFileSync(`${folder}${name}.golden`, 'utf8');
    expect(await play(text, 'America/Los_Angeles', true)).toBe(text.replaceAll(NOT_WHERE_SERVED, ''));
  });
});
