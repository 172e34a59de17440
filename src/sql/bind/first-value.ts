/**
 * The value of the first row of each group: what a column that is not grouped by has in a grouped query, where that is
 * allowed at all.
 */
import type { Value } from '../../tuple/value.ts';
import type { Expression } from '../expressions/expression.ts';
import type { BoundAggregate } from '../functions/aggregate-function.ts';

export function firstValue(expression: Expression): BoundAggregate {
  return {
    name: 'any_value',
    type: expression.type,
    nullable: true,
    args: [expression],
    create: () => {
      const values: (Value | undefined)[] = [];
      return {
        add(groups, columns, length) {
          const column = columns[0]!;
          for (let row = 0; row < length; row++) {
            const group = groups[row]!;
            if (values[group] === undefined) values[group] = column[row]!;
          }
        },
        result: (group) => values[group] ?? null,
        reset(group) {
          values[group] = undefined;
        },
      };
    },
  };
}
