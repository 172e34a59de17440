/** A common table expression with several readers: the first one to run keeps its rows for the others. */
import type { RowStore } from './columns.ts';
import { kept } from './kept.ts';
import type { ExecutionContext, Operator, Rows } from './operator.ts';

/** The one state behind all readers of a share, within one execution. */
export class Share {
  readonly #input: Operator;
  readonly #width: number;
  #rows: RowStore | undefined;

  constructor(input: Operator, width: number) {
    this.#input = input;
    this.#width = width;
  }

  *run(context: ExecutionContext): Rows {
    if (this.#rows === undefined) {
      // Held to the end of the statement, as the rows are.
      this.#rows = yield* kept(this.#input, this.#width, context.memory.share(), context);
    }
    yield* this.#rows.batches();
  }
}
