/** A stream can be read once: what has to be read twice is copied into a temporary file first. */
import { createReadStream, createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';

export async function withCopy<Result>(path: string, use: (copy: string) => Promise<Result>): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'dolt-import-'));
  try {
    const copy = join(folder, basename(path));
    await pipeline(createReadStream(path), createWriteStream(copy));
    return await use(copy);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
