/** A plan as lines of text, for EXPLAIN: one operator a line, its inputs indented below it. */
import type { Plan } from '../plan/plan.ts';

export function* describePlan(plan: Plan, depth = 0): Generator<string> {
  const line = (text: string): string => `${'  '.repeat(depth)}${text}`;
  yield line(title(plan));
  for (const input of inputs(plan)) yield* describePlan(input, depth + 1);
}

function title(plan: Plan): string {
  switch (plan.kind) {
    case 'scan': {
      const index = plan.access.index?.name ?? 'PRIMARY';
      const ranges = plan.access.ranges === undefined ? 'all rows' : `${plan.access.ranges.length} range(s)`;
      const estimate = plan.estimate === undefined ? '' : `, ${plan.estimate} rows`;
      return `Scan ${plan.source.name} by ${index}: ${ranges}${estimate}${plan.condition ? ', filtered' : ''}`;
    }
    case 'virtual':
      return `Table ${plan.source.name}${plan.condition ? ', filtered' : ''}`;
    case 'count':
      return `Count ${plan.source.name}`;
    case 'join':
      return `Join ${plan.join}, ${plan.strategy.kind}`;
    case 'apply':
      return `Subquery, ${plan.mode.kind}`;
    case 'setOperation':
      return `${plan.operation}${plan.all ? ' all' : ''}`;
    default:
      return plan.kind[0]!.toUpperCase() + plan.kind.slice(1);
  }
}

function inputs(plan: Plan): readonly Plan[] {
  switch (plan.kind) {
    case 'join':
      return [plan.left, plan.right];
    case 'apply':
      return [plan.input, plan.subquery];
    case 'setOperation':
      return plan.inputs;
    case 'recursive':
      return [plan.anchor, plan.step];
    default:
      return 'input' in plan ? [plan.input] : [];
  }
}
