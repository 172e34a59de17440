/** `status`: what is staged, changed, new and in conflict, and how the branch stands to the one it follows. */
import { basename } from 'node:path';
import { databaseName } from '../repo/database-name.ts';
import { type Status, statusOf } from '../repo/status.ts';
import { parseArguments } from './arguments.ts';
import { type Tracking, trackingOf } from './tracking.ts';
import type { Verb } from './verb.ts';
import type { Workspace } from './workspace.ts';
import { rootsOf } from './workspace-roots.ts';

export interface StatusResult extends Status {
  readonly branch: string | undefined;
  /** How the branch stands to its upstream; undefined without one. */
  readonly tracking: Tracking | undefined;
  readonly showIgnored: boolean;
}

export const status: Verb<StatusResult> = {
  name: 'status',
  summary: 'Show the working tree status.',
  synopsis: [''],
  positional: [],
  maxPositional: 0,
  flags: [{ name: 'ignored', help: 'Show tables that are ignored (according to dolt_ignore)' }],
  // biome-ignore lint/correctness/useYield: it only reads
  *run(workspace, args) {
    const parsed = parseArguments(status, args);
    const branch = workspace.branch();
    return {
      ...statusOf(rootsOf(workspace), workspace.workingSet().merge, databaseOf(workspace)),
      branch,
      tracking: branch === undefined ? undefined : trackingOf(workspace, branch, workspace.head()),
      showIgnored: parsed.has('ignored'),
    };
  },
};

/** The name of a repository's database. */
export const databaseOf = ({ repository }: Workspace): string =>
  databaseName(basename(repository.directory), repository.environment);
