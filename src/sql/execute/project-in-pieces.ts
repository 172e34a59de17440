/**
 * Computes columns of texts that may be much larger than what they are made of (REPEAT, LPAD, REPLACE): as many rows at a time
 * as give a few megabytes, where a whole batch of them could take all memory, and nothing could interrupt it.
 */

import { BATCH_SIZE, type Batch } from '../expressions/batch.ts';
import type { Expression } from '../expressions/expression.ts';
import { someExpression } from '../plan/expression-tree.ts';
import { keptBytesOfColumn } from '../types/kept-bytes.ts';
import { type ExecutionContext, isWait, type Operator, type Rows } from './operator.ts';
import { type Projection, projected } from './project.ts';

const GROWING: ReadonlySet<string> = new Set([
  'repeat',
  'space',
  'lpad',
  'rpad',
  'replace',
  'regexp_replace',
  'insert',
]);
const PIECE_BYTES = 4 << 20;

export function mayGrow(expression: Expression): boolean {
  return someExpression(expression, (node) => node.kind === 'call' && GROWING.has(node.call.function.name));
}

export class ProjectInPieces implements Operator {
  readonly #input: Operator;
  readonly #projections: readonly Projection[];

  constructor(input: Operator, projections: readonly Projection[]) {
    this.#input = input;
    this.#projections = projections;
  }

  *run(context: ExecutionContext): Rows {
    let most = 1;
    for (const item of this.#input.run(context)) {
      if (isWait(item)) {
        yield item;
        continue;
      }
      for (let from = 0; from < item.length; ) {
        const batch = projected(pieceOf(item, from, Math.min(most, item.length - from)), this.#projections, context);
        const { length, columns } = batch;
        from += length;
        yield batch;
        const bytes = columns.reduce((sum, column) => sum + keptBytesOfColumn(column, length), 0);
        most = Math.max(1, Math.min(BATCH_SIZE, 2 * most, Math.floor((length * PIECE_BYTES) / bytes)));
      }
    }
  }
}

function pieceOf({ length, columns }: Batch, from: number, count: number): Batch {
  if (count === length) return { length, columns };
  return { length: count, columns: columns.map((column) => column.slice(from, from + count)) };
}
