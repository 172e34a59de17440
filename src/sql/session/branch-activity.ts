/** When branches were read and written last, for `dolt_branch_activity`: in memory, since the server began. */
import type { Clock } from '../../base/environment.ts';
import type { BranchUse } from '../catalog/system-table.ts';
import type { Database } from './database.ts';
import type { Session } from './session.ts';

type Times = WeakMap<Database, Map<string, number>>;

export class BranchActivity {
  readonly #clock: Clock;
  readonly #since: number;
  readonly #reads: Times = new WeakMap();
  readonly #writes: Times = new WeakMap();

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#since = clock.now();
  }

  /** Any name may be given; nobody asks for those of no branches. */
  read(database: Database, branch: string): void {
    this.#note(this.#reads, database, branch);
  }

  wrote(database: Database, branch: string): void {
    this.#note(this.#writes, database, branch);
  }

  #note(times: Times, database: Database, branch: string): void {
    const known = times.get(database);
    if (known === undefined) times.set(database, new Map([[branch, this.#clock.now()]]));
    else known.set(branch, this.#clock.now());
  }

  /** What is known of a database's branches; `sessions` are those that are open. */
  of(database: Database, sessions: Iterable<Session>): BranchUse {
    const active = new Map<string, number>();
    for (const session of sessions) {
      const branch = session.selection.branchOf(database);
      if (branch !== undefined) active.set(branch, (active.get(branch) ?? 0) + 1);
    }
    return {
      since: this.#since,
      lastRead: (branch) => this.#reads.get(database)?.get(branch),
      lastWrite: (branch) => this.#writes.get(database)?.get(branch),
      sessions: (branch) => active.get(branch) ?? 0,
    };
  }
}
