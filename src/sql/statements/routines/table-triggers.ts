/**
 * Runs the triggers of one table for the rows of one statement. Their bodies see the statement's changes so far, and other
 * tables as their own statements leave them. An error in one ends the statement, which takes all of it back.
 */
import type { Steps } from '../../../repo/steps.ts';
import type { Value } from '../../../tuple/value.ts';
import { type StoredTrigger, triggersOn } from '../../catalog/stored-programs.ts';
import type { RunningProgram } from '../../session/program-stack.ts';
import { MAX_DEPTH } from '../../session/program-stack.ts';
import type { Statement } from '../../syntax/ast/statement.ts';
import type { TriggerEvent } from '../row-triggers.ts';
import type { StatementScene } from '../scene.ts';
import type { Row, TableWriter } from '../table-writer.ts';
import { type TargetTable, usedTableKey } from '../target-table.ts';
import { Frame } from './frame.ts';
import { interpret } from './interpret.ts';
import type { Program } from './program.ts';
import { resolveTrigger } from './resolve.ts';
import { recursionLimit, recursiveFunction } from './routine-errors.ts';
import { inProgram } from './surroundings.ts';
import { tablesUsed } from './tables-used.ts';

interface ReadyTrigger {
  readonly stored: StoredTrigger;
  readonly program: Program;
  readonly running: RunningProgram;
  /** What the statement has changed is stored before it runs. */
  readonly looks: boolean;
}

const programs = new WeakMap<StoredTrigger, { readonly columns: TargetTable['columns']; readonly program: Program }>();

function programOf(trigger: StoredTrigger, { columns }: TargetTable): Program {
  const known = programs.get(trigger);
  if (known !== undefined && known.columns === columns) return known.program;
  const { body, event, time } = trigger.statement;
  const program = resolveTrigger(body, trigger.script, { columns, event, time });
  programs.set(trigger, { columns, program });
  return program;
}

export class TableTriggers {
  readonly #writer: TableWriter;
  readonly #scene: StatementScene;
  readonly #ready = new Map<string, readonly ReadyTrigger[]>();
  /** What a trigger threw: no IGNORE passes over it. */
  failure: unknown;

  constructor(writer: TableWriter, statement: Statement, scene: StatementScene) {
    this.#writer = writer;
    this.#scene = scene;
    const { target } = writer;
    const { session } = scene;
    if (session.programs.depth >= MAX_DEPTH) throw recursionLimit(MAX_DEPTH, target.name);
    const root = session.root(target.handle);
    let used: ReadonlySet<string> | undefined;
    const uses = (table: string): boolean => {
      used ??= new Set([usedTableKey(target.handle.database.name, target.name), ...tablesUsed(statement, scene)]);
      return used.has(table);
    };
    for (const stored of triggersOn(root, target.name) ?? []) {
      const { time, event } = stored.statement;
      const program = programOf(stored, target);
      const key = `trigger ${target.handle.database.name}.${stored.name}`.toLowerCase();
      const looks =
        program.looksAtTables &&
        (writer.hasForeignKeys ||
          program.isOpaque ||
          [...program.tables].some((name) => {
            const isStored = root.resolveTableName(name) !== undefined;
            return !isStored || name === target.name.toLowerCase() || triggersOn(root, name) !== undefined;
          }));
      const ready = { stored, program, running: { kind: 'trigger', key, uses }, looks } as const;
      this.#ready.set(`${time} ${event}`, [...(this.#ready.get(`${time} ${event}`) ?? []), ready]);
    }
  }

  has(time: 'before' | 'after', event: TriggerEvent): boolean {
    return this.#ready.has(`${time} ${event}`);
  }

  /** BEFORE triggers, which may change `row`. */
  *before(event: TriggerEvent, old: Row | undefined, row: Value[] | undefined): Steps<void> {
    const ready = this.#ready.get(`before ${event}`);
    if (ready !== undefined) yield* this.#fire(ready, old, row);
  }

  *after(event: TriggerEvent, old: Row | undefined, row: Row | undefined): Steps<void> {
    const ready = this.#ready.get(`after ${event}`);
    if (ready !== undefined) yield* this.#fire(ready, old, row && [...row]);
  }

  *#fire(ready: readonly ReadyTrigger[], old: Row | undefined, row: Value[] | undefined): Steps<void> {
    const { session } = this.#scene;
    const restoreOutcome = session.keepOutcome();
    try {
      for (const trigger of ready) yield* this.#run(trigger, old, row);
    } catch (error) {
      this.failure = error;
      throw error;
    } finally {
      restoreOutcome();
    }
  }

  *#run(
    { stored, program, running, looks }: ReadyTrigger,
    old: Row | undefined,
    row: Value[] | undefined,
  ): Steps<void> {
    const { session } = this.#scene;
    if (session.programs.count(running.key) > 0) throw recursiveFunction();
    if (looks) this.#writer.publish();
    const { handle } = this.#writer.target;
    yield* inProgram(running, stored, session.access, handle, this.#scene, function* (inner) {
      const frame = new Frame(program, inner, undefined);
      if (old !== undefined) for (const { cell, column } of program.oldCells) frame.set(cell, old[column]!);
      if (row === undefined) {
        yield* interpret(frame);
        return;
      }
      for (const { cell, column } of program.newCells) frame.set(cell, row[column]!);
      yield* interpret(frame);
      for (const { cell, column, isAssigned } of program.newCells) if (isAssigned) row[column] = frame.get(cell);
    });
  }
}
