/**
 * What a function throws whose value has to be waited for: an expression is a plain function and cannot wait. The binder gives
 * such a call a plan of its own (a row of VALUES beneath an Apply), which waits and takes the value. Elsewhere it is an error.
 */
import type { Value } from '../../tuple/value.ts';
import { SqlError } from '../types/sql-error.ts';

export class MustWait extends SqlError {
  readonly value: Generator<{ readonly until: Promise<unknown> }, Value, unknown>;

  constructor(name: string, value: MustWait['value']) {
    super(1235, '42000', `${name}() cannot wait in a DEFAULT or a CHECK`, 'unsupported');
    this.value = value;
  }
}
