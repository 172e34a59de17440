/**
 * What a running plan hands to its expressions. One context a statement execution; operators of a correlated subquery
 * write the outer row's columns into `slots` before they run the inner plan.
 */
import type { Value } from '../../tuple/value.ts';
import { daysOfDatetime } from '../types/civil.ts';
import type { ConvertScene } from '../types/convert.ts';
import { add, multiply } from '../types/integer.ts';
import type { SessionView } from './session-view.ts';

export interface EvaluationContext {
  readonly slots: Value[];
  readonly parameters: readonly Value[];
  readonly session: SessionView;
}

const scenes = new WeakMap<SessionView, ConvertScene>();

/** Where conversions inside expressions take their warnings and modes. */
export function sceneOf(context: EvaluationContext): ConvertScene {
  const { session } = context;
  let scene = scenes.get(session);
  if (scene === undefined) {
    scene = {
      get sqlMode() {
        return session.sqlMode();
      },
      today: () => {
        const now = session.statementTime();
        return daysOfDatetime(add(now, multiply(session.timeZoneOffset(now), 1_000_000)));
      },
      warn: (warning) => session.warn(warning),
    };
    scenes.set(session, scene);
  }
  return scene;
}
