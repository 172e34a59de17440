/** COUNT(*) of a table or of ranges of an index, from the counts that the tree keeps: no row is read. */
import type { TreeMap } from '../../prolly/tree-map.ts';
import type { IndexRanges } from '../plan/index-ranges.ts';
import type { ExecutionContext, Operator, Rows } from './operator.ts';

export class Count implements Operator {
  readonly #tree: TreeMap;
  readonly #ranges: IndexRanges | undefined;

  constructor(tree: TreeMap, ranges: IndexRanges | undefined) {
    this.#tree = tree;
    this.#ranges = ranges;
  }

  *run(context: ExecutionContext): Rows {
    yield { length: 1, columns: [[this.#ranges ? this.#ranges.count(context) : this.#tree.count]] };
  }
}
