/** What handlers catch and GET DIAGNOSTICS shows: errors and warnings with their number, SQLSTATE and text. */
import { DoltError } from '../../../base/errors.ts';
import type { SqlWarning } from '../../expressions/session-view.ts';
import { interrupted, SqlError, timeLimitPassed } from '../../types/sql-error.ts';
import type { Handler, ResolvedCondition } from './program.ts';

export interface RaisedCondition {
  readonly level: SqlWarning['level'];
  readonly errno: number;
  readonly sqlState: string;
  readonly message: string;
  /** What SIGNAL set besides: `class_origin`, `table_name` … */
  readonly items: Readonly<Record<string, string>>;
  /** What was thrown; undefined for a warning. */
  readonly error: DoltError | undefined;
}

/** An error of SIGNAL, with the items that it set. */
export class SignalError extends SqlError {
  readonly items: Readonly<Record<string, string>>;

  constructor(errno: number, sqlState: string, message: string, items: Readonly<Record<string, string>>) {
    super(errno, sqlState, message);
    this.items = items;
  }
}

/** The number of errors that MySQL has none for. */
const UNKNOWN_ERROR = 1105;
/** These end what runs, whatever handlers there are. */
const FATAL: ReadonlySet<number> = new Set([interrupted().errno, timeLimitPassed().errno]);

/** Undefined for what no handler can catch. */
export function conditionOf(error: unknown): RaisedCondition | undefined {
  if (!(error instanceof DoltError)) return undefined;
  const { errno, sqlState } = error instanceof SqlError ? error : { errno: UNKNOWN_ERROR, sqlState: 'HY000' };
  if (FATAL.has(errno)) return undefined;
  const items = error instanceof SignalError ? error.items : {};
  return { level: 'Error', errno, sqlState, message: error.message, items, error };
}

/** SQLSTATEs of warnings that have another than the general one. */
const STATES: Readonly<Record<number, string>> = {
  1329: '02000',
  1643: '02000',
  1264: '22003',
  1292: '22007',
  1365: '22012',
};

export function conditionOfWarning({ level, code, message, sqlState, items }: SqlWarning): RaisedCondition {
  const state = sqlState ?? STATES[code] ?? (level === 'Error' ? 'HY000' : '01000');
  return { level, errno: code, sqlState: state, message, items: items ?? {}, error: undefined };
}

export function warningOf({ level, errno, sqlState, message, items }: RaisedCondition): SqlWarning {
  return { level, code: errno, message, sqlState, items };
}

/** How closely a condition is meant: 0 is not at all. */
function closeness(wanted: ResolvedCondition, { errno, sqlState, level }: RaisedCondition): number {
  switch (wanted.kind) {
    case 'errno':
      return wanted.value === errno ? 3 : 0;
    case 'sqlstate':
      return wanted.value === sqlState ? 2 : 0;
    case 'sqlwarning':
      return sqlState.startsWith('01') || (level !== 'Error' && !sqlState.startsWith('02')) ? 1 : 0;
    case 'notFound':
      return sqlState.startsWith('02') ? 1 : 0;
    default:
      return level === 'Error' && !/^0[012]/.test(sqlState) ? 1 : 0;
  }
}

/** The handler of one block that means the condition most closely. */
export function handlerFor(handlers: readonly Handler[], raised: RaisedCondition): Handler | undefined {
  let best = 0;
  let found: Handler | undefined;
  for (const handler of handlers) {
    const close = Math.max(...handler.conditions.map((condition) => closeness(condition, raised)));
    if (close <= best) continue;
    best = close;
    found = handler;
  }
  return found;
}
