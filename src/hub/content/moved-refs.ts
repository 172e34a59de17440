/** Which branches and tags a push has moved. */
import type { Address } from '../../base/address.ts';
import { HEADS, type RefName, Refs, TAGS } from '../../repo/refs.ts';
import { type Environment, Repository } from '../../repo/repository.ts';
import type { MovedRef } from '../webhooks.ts';

/** Between two roots of the store in `folder`. Throws `corrupt` where one of them is not there any more. */
export function movedRefs(environment: Environment, folder: string, last: Address, root: Address): MovedRef[] {
  const repository = Repository.openBare(environment, folder, 'main');
  try {
    const [before, after] = [last, root].map((at) => refsAt(Refs.read(repository.nodes, at))) as [Moments, Moments];
    const names = new Set([...before.keys(), ...after.keys()]);
    return [...names]
      .map((ref) => ({ ref, before: before.get(ref), after: after.get(ref) }))
      .filter((moved) => moved.before !== moved.after);
  } finally {
    repository.close();
  }
}

type Moments = ReadonlyMap<RefName, Address>;

const refsAt = (refs: Refs): Moments => new Map([...refs.entries(HEADS), ...refs.entries(TAGS)]);
