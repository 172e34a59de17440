/**
 * The stored programs that a session runs at the moment, the innermost last, with what their nesting forbids: a trigger or a
 * function changes no table that the statement around it uses, and ends no transaction.
 */

/** Programs in programs deeper than this are refused, before the stack is. */
export const MAX_DEPTH = 100;

export interface RunningProgram {
  readonly kind: 'procedure' | 'function' | 'trigger' | 'event';
  /** What tells it from others. */
  readonly key: string;
  /** Whether the statement that it is part of uses a table (`database.table`, lower case). */
  uses(table: string): boolean;
}

export class ProgramStack {
  readonly #running: RunningProgram[] = [];

  get depth(): number {
    return this.#running.length;
  }

  push(program: RunningProgram): void {
    this.#running.push(program);
  }

  pop(): void {
    this.#running.pop();
  }

  /** How often a program runs already. */
  count(key: string): number {
    return this.#running.filter((program) => program.key === key).length;
  }

  /** The trigger or function that all this is part of; undefined in procedures that a client called. */
  get inside(): 'function' | 'trigger' | undefined {
    for (const { kind } of this.#running) if (kind === 'function' || kind === 'trigger') return kind;
    return undefined;
  }

  isInUse(table: string): boolean {
    return this.#running.some((program) => program.uses(table));
  }
}
