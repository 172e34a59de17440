import { UsageError } from '../../verbs/arguments.ts';
import { nearest } from '../../verbs/nearest.ts';

/** The action that the first argument names. Throws `UsageError`. */
export function actionOf<T extends string>(text: string | undefined, known: readonly T[]): T {
  const found = known.find((each) => each === text);
  if (found !== undefined) return found;
  if (text === undefined) throw new UsageError(`one of ${known.join(', ')} is needed`);
  const near = nearest(text, known);
  throw new UsageError(`unknown action '${text}'${near === undefined ? '' : `; did you mean '${near}'?`}`);
}
