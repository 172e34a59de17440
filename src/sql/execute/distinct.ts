/** Each row once, the first of equal ones. */

import { KeyTable } from '../types/key-table.ts';
import type { SqlType } from '../types/sql-type.ts';
import { select } from './columns.ts';
import { type ExecutionContext, isWait, type Operator, type Rows } from './operator.ts';

export class Distinct implements Operator {
  readonly #input: Operator;
  readonly #types: readonly SqlType[];

  constructor(input: Operator, types: readonly SqlType[]) {
    this.#input = input;
    this.#types = types;
  }

  *run(context: ExecutionContext): Rows {
    const keys = new KeyTable(this.#types);
    let selection = new Uint16Array(0);
    let seen = 0;
    for (const item of this.#input.run(context)) {
      if (isWait(item)) {
        yield item;
        continue;
      }
      if (selection.length < item.length) selection = new Uint16Array(item.length);
      let count = 0;
      for (let row = 0; row < item.length; row++) {
        if (keys.assign(item.columns, row) !== seen) continue;
        selection[count++] = row;
        seen++;
      }
      if (count > 0) yield select(item, selection, count);
    }
  }
}
