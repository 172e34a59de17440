/**
 * A merge of working roots that cannot fail: where both sides changed the same cell, or the same schema, ours stays. For
 * changes that stand already when they are found to conflict, because the commit that they follow has been published.
 */
import { DoltError } from '../../base/errors.ts';
import type { Table } from '../../table/table.ts';
import { ArtifactKind, ArtifactsEditor, artifactsOf } from '../artifacts.ts';
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
    root = root.withTable(name, withConflictsOf(ours.table(name), root.table(name)!));
  }
  return root;
}

/** The merged table with no other conflicts than ours had already: its rows are ours where there were new ones. */
function withConflictsOf(ours: Table | undefined, merged: Table): Table {
  const conflictKeys = (table: Table) => Array.from(artifactsOf(table, [ArtifactKind.conflict]), ({ key }) => key);
  const open = new Set(ours && conflictKeys(ours).map((key) => Buffer.from(key).toString('latin1')));
  const editor = new ArtifactsEditor(merged);
  for (const key of conflictKeys(merged)) if (!open.has(Buffer.from(key).toString('latin1'))) editor.remove(key);
  return merged.with({ artifacts: editor.finish() });
}
