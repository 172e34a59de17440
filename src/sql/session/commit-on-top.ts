/**
 * A session makes a commit on top of what others have committed to its branch since its snapshot: what it changed is merged
 * with theirs, cell by cell, as at a COMMIT.
 */
import { RefMovedError } from '../../repo/head-update.ts';
import type { Steps } from '../../repo/steps.ts';
import type { DatabaseHandle, Session } from './session.ts';

/** Others may be faster each time; beyond that the client has to try again. */
const ATTEMPTS = 10;

/** Throws what `make` throws, and 1213 where the changes cannot be merged. */
export function* commitOnTop<Result>(
  session: Session,
  { database, revision }: DatabaseHandle,
  make: () => Steps<Result>,
): Steps<Result> {
  if (revision.kind === 'commit') return yield* make();
  for (let attempt = 1; ; attempt++) {
    const expressions = yield* session.mergeExpressions(database);
    session.transaction.catchUp(database, revision.branch, expressions);
    try {
      return yield* make();
    } catch (error) {
      if (!(error instanceof RefMovedError) || attempt === ATTEMPTS) throw error;
    }
  }
}
