/**
 * The optimizer: named passes, each of which rewrites a plan into an equivalent one, all through one function. A pass
 * can be switched off by its name, and results stay the same: that is how passes are tested.
 */
import { AssertionError } from '../../base/errors.ts';
import type { EvaluationContext } from '../expressions/evaluation-context.ts';
import type { Plan } from '../plan/plan.ts';

export interface OptimizeOptions {
  /** Names of passes to leave out. */
  readonly disabled?: ReadonlySet<string>;
  /** Checks after every pass that each column a node reads is there. */
  readonly verify?: boolean;
  /** Called before every pass; throws when the statement is cancelled. */
  readonly checkCancelled?: () => void;
}

/** `context` evaluates constants (literals, parameters) when rows in ranges are counted. */
export function optimize(_plan: Plan, _context: EvaluationContext, _options: OptimizeOptions = {}): Plan {
  throw new AssertionError('not built');
}
