/** A common table expression with several readers: the first one to run keeps its rows for the others. */
import { RowStore } from './columns.ts';
import { type ExecutionContext, isWait, type Operator, type Rows } from './operator.ts';

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
      const rows = new RowStore(this.#width);
      for (const item of this.#input.run(context)) {
        if (isWait(item)) yield item;
        else rows.append(item);
      }
      this.#rows = rows;
    }
    yield* this.#rows.batches();
  }
}
