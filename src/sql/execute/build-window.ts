/** From a window of a plan to its operator. */
import type { FrameEnd, WindowPlan } from '../plan/plan.ts';
import type { Layout } from './layout.ts';
import type { Operator } from './operator.ts';
import { Window } from './window.ts';
import type { FrameEndInput } from './window-call.ts';

export function buildWindow(plan: WindowPlan, input: Operator, layout: Layout): Operator {
  return new Window({
    input,
    width: layout.columns.length,
    partition: plan.partition.map((e) => ({ type: e.type, descending: false, evaluate: layout.compileColumn(e) })),
    order: plan.order.map((k) => ({
      type: k.expression.type,
      descending: k.descending,
      evaluate: layout.compileColumn(k.expression),
    })),
    calls: plan.calls.map(({ function: f, frame }) => ({
      function: f,
      args: (f.kind === 'ranking' ? f.args : f.aggregate.args).map((e) => layout.compileColumn(e)),
      frame: frame && { unit: frame.unit, from: buildEnd(frame.from, layout), to: buildEnd(frame.to, layout) },
    })),
  });
}

function buildEnd(end: FrameEnd, layout: Layout): FrameEndInput {
  if ('offset' in end) return { kind: end.kind, offset: layout.compile(end.offset) };
  return 'limit' in end ? { kind: end.kind, limit: layout.compileColumn(end.limit) } : end;
}
