/**
 * Triggers, events, procedures and functions as a database stores them: the text of their CREATE statements. Triggers and
 * events are rows of `dolt_schemas` as views are, and so are functions, which the original lacks and passes over;
 * procedures are rows of `dolt_procedures`. A text is parsed once for each version of its table.
 */
import type { RootValue } from '../../repo/root-value.ts';
import type { Table } from '../../table/table.ts';
import type { Value } from '../../tuple/value.ts';
import type {
  CreateEventStatement,
  CreateRoutineStatement,
  CreateTriggerStatement,
} from '../syntax/ast/routine-statements.ts';
import type { Statement } from '../syntax/ast/statement.ts';
import { type ParsedStatement, parseOptionsOf, parseStatement } from '../syntax/parse.ts';
import { tableRows } from './table-rows.ts';
import { type Fragment, fragments, SCHEMAS_TABLE } from './views.ts';

export const PROCEDURES_TABLE = 'dolt_procedures';

interface StoredProgram<S extends Statement> {
  readonly name: string;
  readonly statement: S;
  /** What the spans of the statement point into. */
  readonly script: string;
  /** The whole CREATE statement. */
  readonly text: string;
  readonly sqlMode: string;
  /** Microseconds since 1970 UTC. */
  readonly created: Value;
  readonly modified: Value;
}
export type StoredTrigger = StoredProgram<CreateTriggerStatement>;
export type StoredEvent = StoredProgram<CreateEventStatement>;
export type StoredRoutine = StoredProgram<CreateRoutineStatement>;

type Triggers = {
  readonly all: readonly StoredTrigger[];
  readonly byTable: ReadonlyMap<string, readonly StoredTrigger[]>;
};

const NO_TRIGGERS: Triggers = { all: [], byTable: new Map() };
const triggersOfTable = new WeakMap<Table, Triggers>();

/** All triggers of a root, in the order in which they run. */
export function storedTriggers(root: RootValue): readonly StoredTrigger[] {
  return triggersIn(root).all;
}

/** Those of a table, in the order in which they run; undefined where there are none. */
export function triggersOn(root: RootValue, table: string): readonly StoredTrigger[] | undefined {
  return triggersIn(root).byTable.get(table.toLowerCase());
}

function triggersIn(root: RootValue): Triggers {
  if (!root.hasTable(SCHEMAS_TABLE)) return NO_TRIGGERS;
  const table = root.table(SCHEMAS_TABLE)!;
  let found = triggersOfTable.get(table);
  if (found === undefined) {
    const all = inOrder(programs(fragments(root), 'trigger', 'createTrigger'));
    const byTable = new Map<string, StoredTrigger[]>();
    for (const trigger of all) {
      const key = trigger.statement.table.name.toLowerCase();
      byTable.set(key, [...(byTable.get(key) ?? []), trigger]);
    }
    found = { all, byTable };
    triggersOfTable.set(table, found);
  }
  return found;
}

/** By the time they were made (whole seconds, then by name: so it is stored), where FOLLOWS or PRECEDES says nothing else. */
function inOrder(triggers: readonly StoredTrigger[]): readonly StoredTrigger[] {
  const ordered = [...triggers].sort((a, b) => Number(a.created) - Number(b.created));
  for (const trigger of [...ordered]) {
    const { order } = trigger.statement;
    if (order === undefined) continue;
    ordered.splice(ordered.indexOf(trigger), 1);
    const at = ordered.findIndex(({ name }) => name.toLowerCase() === order.trigger.toLowerCase());
    if (at < 0) ordered.push(trigger);
    else ordered.splice(order.when === 'follows' ? at + 1 : at, 0, trigger);
  }
  return ordered;
}

export function storedEvents(root: RootValue): readonly StoredEvent[] {
  return programs(fragments(root), 'event', 'createEvent');
}

export function storedFunctions(root: RootValue): readonly StoredRoutine[] {
  return programs(fragments(root), 'function', 'createRoutine');
}

const proceduresOfTable = new WeakMap<Table, readonly StoredRoutine[]>();

export function storedProcedures(root: RootValue): readonly StoredRoutine[] {
  if (!root.hasTable(PROCEDURES_TABLE)) return [];
  const table = root.table(PROCEDURES_TABLE)!;
  let found = proceduresOfTable.get(table);
  if (found === undefined) {
    const at = (name: string): number => table.schema.columnPosition(name);
    const mode = at('sql_mode');
    const [name, text, created, modified] = [at('name'), at('create_stmt'), at('created_at'), at('modified_at')];
    found = Array.from(tableRows(table), (row) => row).flatMap((row) => {
      const times = { created: row[created] ?? 0, modified: row[modified] ?? 0 };
      return programOf(
        String(row[name]),
        String(row[text] ?? ''),
        mode < 0 ? '' : String(row[mode] ?? ''),
        times,
        'createRoutine',
      );
    });
    proceduresOfTable.set(table, found);
  }
  return found;
}

export function findRoutine(
  root: RootValue,
  routine: 'procedure' | 'function',
  name: string,
): StoredRoutine | undefined {
  const all = routine === 'procedure' ? storedProcedures(root) : storedFunctions(root);
  const wanted = name.toLowerCase();
  return all.find((each) => each.name.toLowerCase() === wanted);
}

const programsOfFragments = new WeakMap<Fragment, readonly StoredProgram<never>[]>();

function programs<K extends Statement['kind']>(
  all: readonly Fragment[],
  type: string,
  kind: K,
): readonly StoredProgram<Extract<Statement, { kind: K }>>[] {
  return all.flatMap((fragment) => {
    if (fragment.type !== type) return [];
    let found = programsOfFragments.get(fragment);
    if (found === undefined) {
      const created = createdAt(fragment);
      found = programOf(fragment.name, fragment.text, fragment.sqlMode, { created, modified: created }, kind) as never;
      programsOfFragments.set(fragment, found as never);
    }
    return found as never as readonly StoredProgram<Extract<Statement, { kind: K }>>[];
  });
}

/** None where the text is no such statement: the original passes over those too. */
function programOf<K extends Statement['kind']>(
  name: string,
  text: string,
  sqlMode: string,
  times: { readonly created: Value; readonly modified: Value },
  kind: K,
): readonly StoredProgram<Extract<Statement, { kind: K }>>[] {
  let parsed: ParsedStatement;
  try {
    parsed = parseStatement(text, parseOptionsOf(sqlMode));
  } catch {
    return [];
  }
  const { statement, script } = parsed;
  if (statement.kind !== kind) return [];
  return [{ name, statement: statement as Extract<Statement, { kind: K }>, script, text, sqlMode, ...times }];
}

function createdAt({ extra }: Fragment): number {
  const seconds = /"CreatedAt":\s*(\d+)/.exec(extra ?? '')?.[1];
  return Number(seconds ?? 0) * 1_000_000;
}
