/** A run of a program: the values of its cells, its open cursors and the handlers in sight. */
import type { Value } from '../../../tuple/value.ts';
import type { TypedValue } from '../../expressions/session-view.ts';
import type { ResultColumn, ResultSink } from '../../session/statement-result.ts';
import type { StatementScene } from '../scene.ts';
import { handlerFor, type RaisedCondition } from './conditions.ts';
import type { Cell, CursorDefinition, Handler, Program } from './program.ts';

export interface OpenCursor {
  readonly columns: readonly ResultColumn[];
  readonly rows: readonly (readonly Value[])[];
  next: number;
}

/** One run of a block, whose handlers are in sight. */
export interface ActiveBlock {
  readonly handlers: readonly Handler[];
}

export class Frame {
  readonly program: Program;
  readonly scene: StatementScene;
  /** Where results for the client go; undefined where there may be none. */
  readonly results: ResultSink | undefined;
  /** Blocks with handlers in sight, the innermost last. */
  blocks: readonly ActiveBlock[] = [];
  /** Conditions whose handlers run, the innermost last. */
  readonly handled: RaisedCondition[] = [];
  /** An error that no handler here means. */
  unhandled: unknown;
  /** Rows that the last statement changed. */
  affectedRows = 0;
  readonly #values: Value[];
  readonly #cursors = new Map<number, OpenCursor>();

  constructor(program: Program, scene: StatementScene, results: ResultSink | undefined) {
    this.program = program;
    this.scene = scene;
    this.results = results;
    this.#values = new Array<Value>(program.size).fill(null);
  }

  get({ index }: Cell): Value {
    return this.#values[index]!;
  }

  set({ index }: Cell, value: Value): void {
    this.#values[index] = value;
  }

  typed(cells: readonly Cell[]): TypedValue[] {
    return cells.map((cell) => ({ type: cell.type, value: this.get(cell) }));
  }

  cursor({ index }: CursorDefinition): OpenCursor | undefined {
    return this.#cursors.get(index);
  }

  setCursor({ index }: CursorDefinition, cursor: OpenCursor | undefined): void {
    if (cursor === undefined) this.#cursors.delete(index);
    else this.#cursors.set(index, cursor);
  }

  handlerOf(raised: RaisedCondition): { readonly handler: Handler; readonly depth: number } | undefined {
    for (let depth = this.blocks.length - 1; depth >= 0; depth--) {
      const handler = handlerFor(this.blocks[depth]!.handlers, raised);
      if (handler !== undefined) return { handler, depth };
    }
    return undefined;
  }
}
