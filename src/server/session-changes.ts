/** What a client may want to know of its session without asking: the database, and the variables it tracks. */
import type { Session } from '../sql/engine.ts';
import type { SessionChange } from '../wire/packets/ok.ts';

export class SessionChanges {
  #database: string | null;
  #variables: ReadonlyMap<string, string>;

  constructor(session: Session) {
    this.#database = session.database;
    this.#variables = tracked(session);
  }

  /** Since the last call. */
  take(session: Session): SessionChange[] {
    const changes: SessionChange[] = [];
    if (session.database !== this.#database && session.database !== null) {
      changes.push({ kind: 'schema', value: session.database });
    }
    this.#database = session.database;
    const now = tracked(session);
    for (const [name, value] of now) {
      if (this.#variables.get(name) !== value) changes.push({ kind: 'variable', name, value });
    }
    this.#variables = now;
    return changes;
  }
}

function tracked({ state }: Session): ReadonlyMap<string, string> {
  const names = state.variables.text('session_track_system_variables').split(',');
  const values = new Map<string, string>();
  for (const name of names.map((each) => each.trim()).filter((each) => each !== '' && each !== '*')) {
    values.set(name, state.variables.text(name));
  }
  return values;
}
