/**
 * A merge of working roots that cannot fail: where both sides changed the same cell, or the same schema, ours stays. For
 * changes that stand already when they are found to conflict, because the commit that they follow has been published.
 */
import { EMPTY_ADDRESS } from '../../base/address.ts';
import { DoltError } from '../../base/errors.ts';
import type { RootValue } from '../root-value.ts';
import { completeNow } from '../steps.ts';
import { mergeRoots, type RootMergeInput, type RootMergeResult } from './merge-roots.ts';

/** Violated constraints stay on record in the tables, since leaving out a row of ours would be worse. */
export function mergeKeepingOurs(input: RootMergeInput): RootValue {
  const { base, ours, theirs } = input;
  if (ours.address === base.address) return theirs;
  if (ours.address === theirs.address || theirs.address === base.address) return ours;
  let merged: RootMergeResult;
  try {
    merged = completeNow(mergeRoots(input));
  } catch (error) {
    if (error instanceof DoltError && error.kind === 'conflict') return ours;
    throw error;
  }
  let { root } = merged;
  for (const name of merged.conflicts.keys()) {
    if (merged.violations.has(name)) continue;
    const artifacts = ours.table(name)?.artifacts ?? EMPTY_ADDRESS;
    root = root.withTable(name, root.table(name)!.with({ artifacts }));
  }
  return root;
}
