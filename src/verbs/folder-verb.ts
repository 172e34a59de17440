/** A verb that needs no repository: it makes one (`init`, `clone`), or works without (`config`). */
import type { Environment } from '../repo/repository.ts';
import type { Steps } from '../repo/steps.ts';
import type { Announcer } from './repo-workspace.ts';
import type { Verb } from './verb.ts';

export interface Place {
  readonly environment: Environment;
  /** The current folder, absolute. */
  readonly directory: string;
  readonly announcer: Announcer;
}

export interface FolderVerb<Result> extends Omit<Verb<Result>, 'run'> {
  run(place: Place, args: readonly string[]): Steps<Result>;
}
