import type { RefEdits, Refs } from '../repo/refs.ts';
import type { Repository } from '../repo/repository.ts';

/** Makes edits in one durable record; answers what they had to warn of when they were made for the last time. */
export function updateWarned(
  repository: Repository,
  edits: (refs: Refs, warnings: string[]) => RefEdits,
): readonly string[] {
  const warnings: string[] = [];
  repository.update((refs) => {
    warnings.length = 0;
    return edits(refs, warnings);
  });
  return warnings;
}
