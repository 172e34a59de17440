/**
 * Builds the command line before the tests that run it, so that they never test yesterday's build: unless everything that it
 * is made of is older, as after `npm ci`.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const SOURCES = ['src', 'scripts', 'package.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json'];
/** What a build writes first and last. */
const [FIRST, LAST] = ['dist/cli/main.js', 'dist/lib/types/index.d.ts'];

export default function setup(): void {
  if (!isBuilt()) execFileSync(process.execPath, [join(root, 'scripts/build.mjs')], { stdio: 'inherit' });
}

function isBuilt(): boolean {
  if (!existsSync(join(root, FIRST)) || !existsSync(join(root, LAST))) return false;
  const built = statSync(join(root, FIRST)).mtimeMs;
  return SOURCES.every((name) => latest(join(root, name)) < built);
}

/** When a file, or anything in a folder, was last changed; a folder is when something in it was made or removed. */
function latest(path: string): number {
  const found = statSync(path);
  const below = found.isDirectory() ? readdirSync(path).map((name) => latest(join(path, name))) : [];
  return Math.max(found.mtimeMs, ...below);
}
