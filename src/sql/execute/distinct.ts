/** Each row once, the first of equal ones. */

import { KeyTable } from '../types/key-table.ts';
import type { SqlType } from '../types/sql-type.ts';
import { select } from './columns.ts';
import { type ExecutionContext, isWait, type Operator, type Rows } from './operator.ts';
import { inRounds, isFull, type Overflow } from './overflow.ts';
import type { MemoryShare, StatementMemory } from './statement-memory.ts';

export class Distinct implements Operator {
  readonly #input: Operator;
  readonly #types: readonly SqlType[];

  constructor(input: Operator, types: readonly SqlType[]) {
    this.#input = input;
    this.#types = types;
  }

  *run(context: ExecutionContext): Rows {
    const { memory } = context;
    const share = memory.share();
    try {
      yield* inRounds(this.#input.run(context), this.#types.length, memory, (rows, overflow) =>
        this.#round(rows, overflow, share, memory),
      );
    } finally {
      share.release();
    }
  }

  *#round(rows: Rows, overflow: Overflow, share: MemoryShare, memory: StatementMemory): Rows {
    const keys = new KeyTable(this.#types);
    let selection = new Uint16Array(0);
    let seen = 0;
    let full = false;
    for (const item of rows) {
      if (isWait(item)) {
        yield item;
        continue;
      }
      if (selection.length < item.length) selection = new Uint16Array(item.length);
      let count = 0;
      if (full) {
        for (let row = 0; row < item.length; row++) if (keys.find(item.columns, row) < 0) selection[count++] = row;
        overflow.add(item.columns, selection, count);
        continue;
      }
      for (let row = 0; row < item.length; row++) {
        if (keys.assign(item.columns, row) !== seen) continue;
        selection[count++] = row;
        seen++;
      }
      full = isFull(keys.byteSize, share, memory);
      if (count > 0) yield select(item, selection, count);
    }
  }
}
