/** Values from one type to another. */
import { AssertionError } from '../../base/errors.ts';
import type { Value } from '../../tuple/value.ts';
import type { SqlType } from './sql-type.ts';

/**
 * - `implicit`: a coercion inside an expression: never fails, warns;
 * - `cast`: CAST/CONVERT that the user wrote: clamps and truncates with a warning, bad temporal text gives NULL;
 * - `strict`: storing under STRICT_TRANS_TABLES: what does not fit is an error;
 * - `lenient`: storing without strict mode, or with IGNORE: what does not fit is cut to fit, with a warning.
 */
export type ConvertMode = 'implicit' | 'cast' | 'strict' | 'lenient';

export interface ConvertScene {
  /** Column and row (from 1) that messages name. */
  column?: string;
  row?: number;
  /** Upper-case sql_mode flags that matter: NO_ZERO_DATE, NO_ZERO_IN_DATE, ALLOW_INVALID_DATES. */
  sqlMode?: ReadonlySet<string>;
  warn?(warning: { level: 'Note' | 'Warning' | 'Error'; code: number; message: string }): void;
}

/** A conversion chosen once; `null` stays `null`. Throws SqlError in strict mode. */
export type Convert = (value: Value, scene: ConvertScene) => Value;

export function conversion(from: SqlType, to: SqlType, mode: ConvertMode): Convert {
  throw new AssertionError(`not built: ${from.kind} ${to.kind} ${mode}`);
}
export function convertTo(
  value: Value,
  from: SqlType,
  to: SqlType,
  mode: ConvertMode,
  scene: ConvertScene = {},
): Value {
  return value === null ? null : conversion(from, to, mode)(value, scene);
}
