/** COUNT(*) of a table or of ranges of an index, from the counts that the tree keeps: no row is read. */
import type { IndexRanges } from '../plan/index-ranges.ts';
import type { ExecutionContext, Operator, Rows } from './operator.ts';
import type { OpenTree } from './scan.ts';

export class Count implements Operator {
  readonly #open: OpenTree;
  readonly #ranges: IndexRanges | undefined;

  constructor(open: OpenTree, ranges: IndexRanges | undefined) {
    this.#open = open;
    this.#ranges = ranges;
  }

  *run(context: ExecutionContext): Rows {
    const { tree } = this.#open(context);
    yield { length: 1, columns: [[this.#ranges ? this.#ranges.count(context, tree) : tree.count]] };
  }
}
