/**
 * What a client may want to know of its session without asking: the database, the variables it tracks, and whether anything
 * of its state changed (`session_track_schema`, `…_system_variables`, `…_state_change`).
 */
import type { Session } from '../sql/engine-session.ts';
import type { TypedValue } from '../sql/expressions/session-view.ts';
import type { SessionChange } from '../wire/packets/ok.ts';

export class SessionChanges {
  #database: string | null;
  #variables: ReadonlyMap<string, string>;
  /** While the client wants to know of changes of state. */
  #state: State | undefined;
  /** Of the variables when this was last looked at. */
  #version: number;

  constructor(session: Session) {
    this.#version = session.state.variables.version;
    this.#database = session.database;
    this.#variables = tracked(session);
    this.#state = stateOf(session);
  }

  /** Since the last call. */
  take(session: Session): readonly SessionChange[] {
    const { database } = session;
    const { version } = session.state.variables;
    if (version === this.#version && database === this.#database && this.#state === undefined) return NO_CHANGES;
    this.#version = version;
    const changes: SessionChange[] = [];
    if (database !== this.#database && database !== null && session.state.variables.isOn('session_track_schema')) {
      changes.push({ kind: 'schema', value: database });
    }
    this.#database = database;
    const now = tracked(session);
    for (const [name, value] of now) {
      if (this.#variables.get(name) !== value) changes.push({ kind: 'variable', name, value });
    }
    this.#variables = now;
    const state = stateOf(session);
    if (state !== undefined && !(this.#state && isSame(this.#state, state)))
      changes.push({ kind: 'state', value: '1' });
    this.#state = state;
    return changes;
  }
}

const NO_CHANGES: readonly SessionChange[] = [];

/** Names that stand for no variable are passed over. */
function tracked({ state }: Session): ReadonlyMap<string, string> {
  const wanted = state.variables.text('session_track_system_variables');
  if (wanted === '') return NOTHING;
  const names = trackedNames(wanted);
  if (names.has('*')) return new Map(state.variables.list('session'));
  const values = new Map<string, string>();
  for (const name of names) {
    const text = state.variables.textOf(name);
    if (text !== undefined) values.set(name, text);
  }
  return values;
}

const NOTHING: ReadonlyMap<string, string> = new Map();

/** Sessions rarely want others than the ones before. */
let last: { readonly wanted: string; readonly names: ReadonlySet<string> } = { wanted: '', names: new Set() };

function trackedNames(wanted: string): ReadonlySet<string> {
  if (last.wanted !== wanted) {
    last = { wanted, names: new Set(wanted.split(',').map((name) => name.trim().toLowerCase())) };
  }
  return last.names;
}

/** What a new session would not have. */
interface State {
  readonly database: string | null;
  readonly variables: string;
  readonly userVariables: ReadonlyMap<string, TypedValue>;
}

function stateOf({ database, state }: Session): State | undefined {
  if (!state.variables.isOn('session_track_state_change')) return undefined;
  const variables = JSON.stringify(state.variables.list('session'));
  return { database, variables, userVariables: new Map(state.userVariables) };
}

function isSame(a: State, b: State): boolean {
  if (a.database !== b.database || a.variables !== b.variables || a.userVariables.size !== b.userVariables.size)
    return false;
  return [...b.userVariables].every(([name, value]) => a.userVariables.get(name) === value);
}
