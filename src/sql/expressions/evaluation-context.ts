/**
 * What a running plan hands to its expressions. One context a statement execution; operators of a correlated subquery
 * write the outer row's columns into `slots` before they run the inner plan.
 */
import type { Value } from '../../tuple/value.ts';
import type { SessionView } from './session-view.ts';

export interface EvaluationContext {
  readonly slots: Value[];
  readonly parameters: readonly Value[];
  readonly session: SessionView;
}
