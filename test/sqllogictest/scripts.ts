/** The scripts that there are: files named `*.test` or `*.test.gz`. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

export interface ScriptFile {
  /** How it is called in reports. */
  readonly name: string;
  readonly path: string;
}

export function scriptsBelow(folder: string): readonly ScriptFile[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return names
    .filter((name) => /\.test(\.gz)?$/.test(name))
    .sort()
    .map((name) => ({ name, path: join(folder, name) }));
}

export function readScript(path: string): string {
  const bytes = readFileSync(path);
  const isCompressed = bytes[0] === 0x1f && bytes[1] === 0x8b;
  return (isCompressed ? gunzipSync(bytes) : bytes).toString('utf8');
}
