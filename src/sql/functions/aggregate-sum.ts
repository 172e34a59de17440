/** COUNT, SUM, AVG and the spread of numbers: states are arrays of numbers by group. */
import type { Integer, Value } from '../../tuple/value.ts';
import { DIVISION_DIGITS } from '../expressions/arithmetic.ts';
import type { Column } from '../expressions/batch.ts';
import { coerce, withoutRounding } from '../expressions/coerce.ts';
import type { Expression } from '../expressions/expression.ts';
import { divideRounded, scaleFactor } from '../types/decimal.ts';
import { add, multiply } from '../types/integer.ts';
import { BIGINT, DOUBLE, type SqlType } from '../types/sql-type.ts';
import { boundedDecimal, decimalOf, numericType } from '../types/unify.ts';
import { withDistinct } from './aggregate-distinct.ts';
import type { AggregateFunction, Aggregator, BoundAggregate } from './aggregate-function.ts';

/** State of one number a group, zero for groups not met yet. */
class Numbers {
  /** V8 keeps so few on its heap: longer arrays have memory of their own, which takes much longer to get. */
  #values = new Float64Array(8);
  /** Room for the group; call before writing. */
  ensure(group: number): Float64Array {
    if (group >= this.#values.length) {
      const grown = new Float64Array(Math.max(group + 1, this.#values.length * 2));
      grown.set(this.#values);
      this.#values = grown;
    }
    return this.#values;
  }
  get(group: number): number {
    return group < this.#values.length ? this.#values[group]! : 0;
  }
  set(group: number, value: number): void {
    this.ensure(group)[group] = value;
  }
}

class Count implements Aggregator {
  readonly #counts = new Numbers();
  add(groups: Uint32Array, columns: readonly Column[], length: number): void {
    for (let row = 0; row < length; row++) {
      let present = true;
      for (let at = 0; at < columns.length; at++) {
        if (columns[at]![row] === null) {
          present = false;
          break;
        }
      }
      const group = groups[row]!;
      if (present) this.#counts.ensure(group)[group]!++;
    }
  }
  result(group: number): Value {
    return this.#counts.get(group);
  }
  reset(group: number): void {
    this.#counts.set(group, 0);
  }
}

const count: AggregateFunction = {
  name: 'count',
  minArguments: 0,
  maxArguments: Number.POSITIVE_INFINITY,
  bind(args, options): BoundAggregate {
    // An argument that is never NULL does not need to be looked at.
    const needed = options.distinct ? args : args.filter((argument) => argument.nullable);
    return withDistinct(options.distinct, {
      name: 'count',
      type: BIGINT,
      nullable: false,
      args: needed,
      create: () => new Count(),
    });
  },
};

/** Sums and counts of exact numbers; a sum is a bigint only while it is not safe. */
class ExactSum implements Aggregator {
  readonly #counts = new Numbers();
  readonly #sums = new Numbers();
  /** Sums beyond what a double holds, which replace the others. */
  readonly #large = new Map<number, Integer>();
  readonly #finish: (sum: Integer, count: number) => Value;

  constructor(finish: (sum: Integer, count: number) => Value) {
    this.#finish = finish;
  }

  add(groups: Uint32Array, columns: readonly Column[], length: number): void {
    const column = columns[0]!;
    for (let row = 0; row < length; row++) {
      const value = column[row]!;
      if (value === null) continue;
      const group = groups[row]!;
      const sums = this.#sums.ensure(group);
      this.#counts.ensure(group)[group]!++;
      if (typeof value === 'number' && this.#large.size === 0) {
        const sum = sums[group]! + value;
        if (sum <= Number.MAX_SAFE_INTEGER && sum >= -Number.MAX_SAFE_INTEGER) {
          sums[group] = sum;
          continue;
        }
      }
      this.#addLarge(group, value as Integer);
    }
  }

  #addLarge(group: number, value: Integer): void {
    const sum = add(this.#large.get(group) ?? this.#sums.get(group), value);
    if (typeof sum === 'number') {
      this.#large.delete(group);
      this.#sums.set(group, sum);
    } else this.#large.set(group, sum);
  }

  result(group: number): Value {
    const counted = this.#counts.get(group);
    return counted === 0 ? null : this.#finish(this.#large.get(group) ?? this.#sums.get(group), counted);
  }
  reset(group: number): void {
    this.#counts.set(group, 0);
    this.#sums.set(group, 0);
    this.#large.delete(group);
  }
}

class DoubleSum implements Aggregator {
  readonly #counts = new Numbers();
  readonly #sums = new Numbers();
  readonly #finish: (sum: number, count: number) => Value;
  constructor(finish: (sum: number, count: number) => Value) {
    this.#finish = finish;
  }
  add(groups: Uint32Array, columns: readonly Column[], length: number): void {
    const column = columns[0]!;
    for (let row = 0; row < length; row++) {
      const value = column[row]!;
      if (value === null) continue;
      const group = groups[row]!;
      this.#sums.ensure(group)[group]! += value as number;
      this.#counts.ensure(group)[group]!++;
    }
  }
  result(group: number): Value {
    const counted = this.#counts.get(group);
    return counted === 0 ? null : this.#finish(this.#sums.get(group), counted);
  }
  reset(group: number): void {
    this.#counts.set(group, 0);
    this.#sums.set(group, 0);
  }
}

/** What is added up, with all digits that were computed of it: `excess` more than its `shown` type has after the point. */
function summand([given]: readonly Expression[]) {
  const shown = coerce(given!, numericType(given!.type));
  const argument = withoutRounding(shown);
  const exact = shown.type.kind !== 'double' && shown.type.kind !== 'float';
  const { precision, scale } = decimalOf(shown.type);
  return { argument, exact, precision, scale, excess: exact ? decimalOf(argument.type).scale - scale : 0 };
}

const sum: AggregateFunction = {
  name: 'sum',
  minArguments: 1,
  maxArguments: 1,
  bind(args, options): BoundAggregate {
    const { argument, exact, precision, scale, excess } = summand(args);
    const type: SqlType = exact ? boundedDecimal(precision + 22, scale) : DOUBLE;
    const drop = scaleFactor(excess);
    const finish = excess === 0 ? (total: Integer) => total : (total: Integer) => divideRounded(total, drop);
    return withDistinct(options.distinct, {
      name: 'sum',
      type,
      nullable: true,
      args: [argument],
      create: () => (exact ? new ExactSum(finish) : new DoubleSum((total) => total)),
    });
  },
};

const avg: AggregateFunction = {
  name: 'avg',
  minArguments: 1,
  maxArguments: 1,
  bind(args, options): BoundAggregate {
    const { argument, exact, precision, scale, excess } = summand(args);
    const more = options.divisionDigits ?? DIVISION_DIGITS;
    const type = exact ? boundedDecimal(precision + more, scale + more) : DOUBLE;
    const added = type.kind === 'decimal' ? type.scale - scale : 0;
    const lift = scaleFactor(Math.max(0, added - excess));
    const drop = scaleFactor(Math.max(0, excess - added));
    return withDistinct(options.distinct, {
      name: 'avg',
      type,
      nullable: true,
      args: [argument],
      create: () =>
        exact
          ? new ExactSum((total, counted) => divideRounded(multiply(total, lift), multiply(drop, counted)))
          : new DoubleSum((total, counted) => total / counted),
    });
  },
};

/** Welford's running mean and sum of squared differences. */
class Spread implements Aggregator {
  readonly #counts = new Numbers();
  readonly #means = new Numbers();
  readonly #squares = new Numbers();
  readonly #finish: (squares: number, count: number) => Value;
  constructor(finish: (squares: number, count: number) => Value) {
    this.#finish = finish;
  }
  add(groups: Uint32Array, columns: readonly Column[], length: number): void {
    const column = columns[0]!;
    for (let row = 0; row < length; row++) {
      const value = column[row]!;
      if (value === null) continue;
      const group = groups[row]!;
      const counts = this.#counts.ensure(group);
      const means = this.#means.ensure(group);
      const squares = this.#squares.ensure(group);
      counts[group]!++;
      const difference = (value as number) - means[group]!;
      means[group]! += difference / counts[group]!;
      squares[group]! += difference * ((value as number) - means[group]!);
    }
  }
  result(group: number): Value {
    return this.#finish(this.#squares.get(group), this.#counts.get(group));
  }
  reset(group: number): void {
    this.#counts.set(group, 0);
    this.#means.set(group, 0);
    this.#squares.set(group, 0);
  }
}

function spread(name: string, aliases: readonly string[], sample: boolean, root: boolean): AggregateFunction {
  return {
    name,
    aliases,
    minArguments: 1,
    maxArguments: 1,
    bind(args, options): BoundAggregate {
      const finish = (squares: number, counted: number): Value => {
        const divisor = sample ? counted - 1 : counted;
        if (divisor <= 0) return null;
        return root ? Math.sqrt(squares / divisor) : squares / divisor;
      };
      return withDistinct(options.distinct, {
        name,
        type: DOUBLE,
        nullable: true,
        args: [coerce(args[0]!, DOUBLE)],
        create: () => new Spread(finish),
      });
    },
  };
}

export const sumAggregates: readonly AggregateFunction[] = [
  count,
  sum,
  avg,
  spread('stddev_pop', ['std', 'stddev'], false, true),
  spread('stddev_samp', [], true, true),
  spread('var_pop', ['variance'], false, false),
  spread('var_samp', [], true, false),
];
