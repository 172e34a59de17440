/**
 * A log of edits as the sorted stream that a tree takes: of the edits of one key the last counts. An entry of the log
 * without a value is a removal.
 */
import type { EditStream } from '../prolly/apply-edits.ts';
import type { EntrySorter } from './entry-sorter.ts';

const NOTHING = new Uint8Array(0);

export class SortedEdits implements EditStream {
  readonly #log: EntrySorter;
  readonly #order: Uint32Array;
  #at = -1;
  readonly subtreeCount = 1;
  valid = true;
  remove = false;
  key: Uint8Array = NOTHING;
  keyStart = 0;
  keyEnd = 0;
  valueEnd = 0;

  constructor(log: EntrySorter) {
    this.#log = log;
    this.#order = log.sorted();
    this.next();
  }

  get value(): Uint8Array {
    return this.key;
  }

  get valueStart(): number {
    return this.keyEnd;
  }

  next(): void {
    const log = this.#log;
    const order = this.#order;
    let at = this.#at + 1;
    log.touch(order, at);
    while (at + 1 < order.length && log.compare(order[at]!, order[at + 1]!) === 0) at++;
    this.#at = at;
    if (at >= order.length) {
      this.valid = false;
      return;
    }
    const entry = order[at]!;
    this.key = log.page(entry);
    this.keyStart = log.keyStart(entry);
    this.keyEnd = log.keyEnd(entry);
    this.valueEnd = log.valueEnd(entry);
    this.remove = this.valueEnd === this.keyEnd;
  }
}
