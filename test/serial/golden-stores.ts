import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { NodeDisk } from '../../src/base/node-disk.ts';
import { NbsStore } from '../../src/chunks/nbs-store.ts';

export const goldenFolder = fileURLToPath(new URL('../../fixtures/golden/', import.meta.url));

/** The stores under fixtures/golden, by name. */
export const goldenNames: readonly string[] = readdirSync(goldenFolder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);

export function openGolden(name: string): NbsStore {
  const journal = readdirSync(goldenFolder + name).some((file) => /^v{32}$/.test(file));
  return NbsStore.open(new NodeDisk(), goldenFolder + name, { journal, readOnly: true });
}
