/** What a file of commits says when its disk has failed: of those that wait, and of all that come later. */
import { DoltError } from '../base/errors.ts';

/** Commits that others may have built on were undone: after a failed sync nobody can say what a later one would make durable. */
export function takenBack(path: string, cause: unknown): DoltError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new DoltError(
    'unavailable',
    `${path}: commits could not be made durable and were taken back (${reason}); nothing more is written until the repository is opened again`,
    { cause },
  );
}

export function undecided(path: string, cause: unknown): DoltError {
  return new DoltError(
    'unknown',
    `${path}: a commit failed and could not be undone; whether it stands will show when the repository is opened again`,
    { cause },
  );
}
