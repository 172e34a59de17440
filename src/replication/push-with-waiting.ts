/**
 * A change goes to the remote together with what waits, in one swap. Where that fails as a whole (something that waits cannot
 * be read, say), the change goes alone, and then what waits, one by one: nobody's failure is another's.
 */
import type { RefName } from '../repo/refs.ts';
import type { Change, PushResult } from './push-group.ts';
import { ReplicationError } from './replication-errors.ts';

/** Pushes changes as one group; answers the definite failure of all of it, if there is one. */
type Push = (changes: readonly Change[]) => Promise<PushResult | ReplicationError>;

export interface OwnOutcome {
  /** What landed, also of what waits, when the change did not. */
  readonly result?: PushResult;
  /** Why the change did not. */
  readonly failure?: ReplicationError | undefined;
}

/** Throws what `push` throws. */
export async function pushWithWaiting(push: Push, own: Change, waiting: readonly Change[]): Promise<OwnOutcome> {
  const failureOf = ({ failed }: PushResult): ReplicationError | undefined =>
    own.refs.map(({ ref }) => failed.get(ref)).find((each) => each !== undefined);
  const all = await push([own, ...waiting]);
  if (!(all instanceof ReplicationError)) return { result: all, failure: failureOf(all) };
  const alone = waiting.length === 0 ? all : await push([own]);
  if (alone instanceof ReplicationError) return { failure: alone };
  const failure = failureOf(alone);
  if (failure !== undefined) return { result: alone, failure };
  const results = [alone];
  for (const each of waiting) {
    const along = await push([each]);
    results.push(along instanceof ReplicationError ? failedResult(each, along) : along);
  }
  return { result: together(results) };
}

function failedResult({ refs }: Change, error: ReplicationError): PushResult {
  return { landed: new Map(), merged: new Map(), failed: new Map(refs.map(({ ref }) => [ref, error])) };
}

function together(results: readonly PushResult[]): PushResult {
  const all = <T>(part: (result: PushResult) => ReadonlyMap<RefName, T>): ReadonlyMap<RefName, T> =>
    new Map(results.flatMap((result) => [...part(result)]));
  return {
    landed: all(({ landed }) => landed),
    merged: all(({ merged }) => merged),
    failed: all(({ failed }) => failed),
  };
}
