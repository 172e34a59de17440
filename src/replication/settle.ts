/**
 * Deciding intents that a killed process left, or whose answer never came. Only the remote knows: what landed is finished
 * here as if the answer had come; a change that did not land is pushed again, as long as its refs stand where they did; what
 * cannot be pushed any more is dropped, and said.
 */

import { DoltError } from '../base/errors.ts';
import { readRemoteRefs } from '../remote/remote-refs.ts';
import { type Intent, intentEdits, readIntents } from './intents.ts';
import { LandedRecord } from './landed.ts';
import type { PushedRef } from './push-decision.ts';
import { landedOf, mergedOf, type PushContext, type PushResult, pushFailed, pushGroup } from './push-group.ts';
import { basesOf, laterBase, type Target } from './queue.ts';
import { FencedError, RemoteNotConfiguredError, ReplicationError, reason } from './replication-errors.ts';

export interface SettleScene {
  target(name: string): Target | undefined;
  /** Of a push that was begun before. */
  context(target: Target, push: string): PushContext;
}

/** Throws when the remote cannot be asked, or does not answer; answers what was dropped. */
export async function settleIntents(context: SettleScene, repository: PushContext['repository']): Promise<string[]> {
  const warnings: string[] = [];
  const { nodes, environment } = repository;
  for (;;) {
    const intents = readIntents(nodes, repository.refs());
    const [first] = intents;
    if (first === undefined) return warnings;
    const ofPush = intents.filter(({ push }) => push === first.push);
    const others = intents.filter(({ push }) => push !== first.push);
    const target = context.target(first.remote);
    try {
      if (target === undefined) throw new RemoteNotConfiguredError(first.remote);
      const settled = await settlePush(context.context(target, first.push), target, ofPush);
      repository.update((refs) => new Map([...intentEdits(nodes, refs, others), ...settled(refs).edits()]));
    } catch (error) {
      if (!isFinal(error)) throw target === undefined ? error : pushFailed(target.name, target.url, error);
      for (const { ref, isQueued } of ofPush) {
        if (isQueued) continue;
        const text = `a change of ${ref} that was interrupted was dropped: ${reason(error)}`;
        environment.logger.warn(text);
        warnings.push(text);
      }
      repository.update((refs) => intentEdits(nodes, refs, others));
    }
  }
}

/** A definite no, which another attempt would get as well. */
const isFinal = (error: unknown): boolean =>
  error instanceof RemoteNotConfiguredError ||
  error instanceof FencedError ||
  (error instanceof ReplicationError && error.kind === 'conflict');

type Settled = (refs: ReturnType<PushContext['repository']['refs']>) => LandedRecord;

async function settlePush(context: PushContext, target: Target, intents: readonly Intent[]): Promise<Settled> {
  const { repository } = context;
  const bases = basesOf(repository, repository.refs(), target).refs;
  const pushed = ({ ref, old, new: ours, forced, ...intent }: Intent): PushedRef => {
    const base = laterBase(repository, bases.get(ref), intent.base);
    return { ref, old, ours, forced, base, isNew: old === undefined && base === undefined };
  };
  const change = intents.filter(({ isQueued }) => !isQueued);
  const own = change.map(pushed);
  const queued = intents.filter(({ isQueued }) => isQueued).map(pushed);
  const stands = change.every(({ ref, old }) => repository.refs().get(ref) === old);
  const found = await whatLanded(context, stands ? queued : [...own, ...queued]);
  const result = stands && own.length > 0 ? await pushGroup(context, [{ refs: own }]) : undefined;
  const [failure] = result?.failed.values() ?? [];
  if (failure !== undefined) throw failure;
  const isMerged = found.merged.size > 0 || (result !== undefined && result.merged.size > 0);
  const expressions = isMerged ? await context.expressions() : undefined;
  return (refs) => {
    const record = new LandedRecord(repository, target, refs, expressions).queued(queued, found);
    return result === undefined ? record.overtaken(own, found) : record.interrupted(own, result);
  };
}

/** Which of the refs the push has brought to the remote, without pushing any. */
async function whatLanded(context: PushContext, refs: readonly PushedRef[]): Promise<PushResult> {
  if (refs.length === 0) return { landed: new Map(), merged: new Map(), failed: new Map() };
  const { remote, receipts } = context;
  const landed = await landedOf(context, refs, await receipts.landed(await readRemoteRefs(remote)));
  if (landed.size > 0) await remote.settle();
  return { landed, merged: mergedOf(refs, landed), failed: new Map() };
}

/** Whether an error leaves something to try again later. */
export const isTransient = (error: unknown): boolean =>
  error instanceof DoltError && (error.kind === 'unavailable' || error.kind === 'unknown');
