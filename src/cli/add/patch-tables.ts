/** Which tables `add --patch` goes through. */
import { TablesNotFoundError } from '../../repo/repo-errors.ts';
import type { Roots } from '../../repo/staging.ts';
import { statusOf } from '../../repo/status.ts';
import { currentName, tableDeltas } from '../../repo/table-deltas.ts';

export interface PatchTables {
  /** In order. */
  readonly names: readonly string[];
  /** Those that changed in more than their rows: single ones cannot be staged. */
  readonly wholes: readonly string[];
}

/** Of the tables `given`, in any case, or of all that have changes that are not staged. Throws `TablesNotFoundError`. */
export function patchTables(roots: Roots, given: readonly string[]): PatchTables {
  const isAll = given.length === 0 || (given.length === 1 && given[0] === '.');
  const names = [...new Set(isAll ? changed(roots) : resolved(roots, given))].sort();
  const kinds = new Map(tableDeltas(roots.staged, roots.working).map((delta) => [currentName(delta), delta.kind]));
  const isWhole = (name: string): boolean => kinds.get(name) === 'renamed' || !hasOneSchema(roots, name);
  return { names: names.filter((name) => !isWhole(name)), wholes: names.filter(isWhole) };
}

function changed(roots: Roots): string[] {
  const { unstaged, untracked } = statusOf(roots, undefined);
  // Of a renamed table the new name.
  return [...unstaged, ...untracked].map(({ table }) => table.split(' -> ').at(-1)!);
}

function resolved({ working, staged }: Roots, given: readonly string[]): string[] {
  const found = given.map((name) => working.resolveTableName(name) ?? staged.resolveTableName(name));
  const missing = given.filter((_, i) => found[i] === undefined);
  if (missing.length > 0) throw new TablesNotFoundError(missing);
  return found.map((name) => name!);
}

function hasOneSchema({ head, staged, working }: Roots, name: string): boolean {
  const schemas = [head, staged, working].flatMap((root) => root.table(name)?.schemaAddress ?? []);
  return new Set(schemas).size === 1;
}
