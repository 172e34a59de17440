/** Evaluates the text of one expression, without tables, and prints the value as result sets print it. */

import { bindExpression } from '../../../src/sql/bind/bind-expression.ts';
import type { Environment } from '../../../src/sql/bind/binder.ts';
import { ONE_ROW } from '../../../src/sql/expressions/batch.ts';
import { compile } from '../../../src/sql/expressions/compile.ts';
import type { EvaluationContext } from '../../../src/sql/expressions/evaluation-context.ts';
import type { Expression } from '../../../src/sql/expressions/expression.ts';
import type { SessionView, SqlWarning, TypedValue } from '../../../src/sql/expressions/session-view.ts';
import { parseExpression } from '../../../src/sql/syntax/parse.ts';
import { formatValue } from '../../../src/sql/types/format.ts';
import { unknownColumn, unknownSystemVariable } from '../../../src/sql/types/sql-error.ts';
import { isBoolean, LONGTEXT } from '../../../src/sql/types/sql-type.ts';
import { displayTypeText } from '../../../src/sql/types/sql-type-text.ts';

/** 2024-03-15 13:45:30.123456 UTC. */
export const NOW = 1_710_510_330_123_456;

export class TestSession {
  readonly warnings: SqlWarning[] = [];
  readonly variables = new Map<string, TypedValue>();
  readonly view: SessionView = {
    statementTime: () => NOW,
    currentTime: () => NOW,
    timeZoneOffset: () => 0,
    zoneOffset: (zone) => {
      const match = /^([+-])(\d\d):(\d\d)$/.exec(zone);
      if (zone === 'UTC') return 0;
      return match === null ? undefined : (Number(match[2]) * 60 + Number(match[3])) * (match[1] === '-' ? -60 : 60);
    },
    failsOnZeroDivisor: () => false,
    ignoresErrors: () => false,
    divisionDigits: () => 4,
    sqlMode: () => new Set(['STRICT_TRANS_TABLES']),
    user: () => 'root@localhost',
    currentUser: () => 'root@%',
    currentRole: () => 'NONE',
    database: () => 'db',
    connectionId: () => 7,
    lastInsertId: () => 0,
    setLastInsertId: () => {},
    lastInsertUuid: () => '',
    madeUuid: () => {},
    rowCount: () => -1,
    foundRows: () => 1,
    random: () => 0.5,
    randomBytes: (length) => new Uint8Array(length).fill(7),
    sleep: () => {},
    userVariable: (name) => this.variables.get(name),
    setUserVariable: (name, value) => {
      this.variables.set(name, value);
    },
    systemVariable: (name) => {
      if (name === 'version') return { type: LONGTEXT, value: '8.0.33' };
      if (name === 'block_encryption_mode') return { type: LONGTEXT, value: 'aes-128-ecb' };
      throw unknownSystemVariable(name);
    },
    warn: (warning) => {
      this.warnings.push(warning);
    },
    getLock: () => 1,
    releaseLock: () => 1,
    releaseAllLocks: () => 0,
    lockHolder: () => null,
    dolt: {
      activeBranch: () => 'main',
      version: () => '2.3.1',
      storageFormat: () => 'NEW ( __DOLT__ )',
      hashof: (revision) => `hash of ${revision}`,
      hashofTable: (table) => `hash of ${table}`,
      hashofDatabase: () => 'hash',
      mergeBase: () => null,
      hasAncestor: () => true,
    },
  };
  readonly context: EvaluationContext = { slots: [], parameters: [], session: this.view };
}

export function bindText(text: string, session = new TestSession()): Expression {
  const environment = { catalog: {}, binder: { session: session.view, context: {} } } as unknown as Environment;
  return bindExpression(parseExpression(text), {
    environment,
    scope: undefined as never,
    resolve: (name) => {
      throw unknownColumn(name.name, 'field list');
    },
  });
}

export interface Evaluated {
  readonly text: string;
  readonly type: string;
  readonly warnings: readonly SqlWarning[];
}

export function evaluateText(text: string, session = new TestSession()): Evaluated {
  const expression = bindText(text, session);
  const value = compile(expression)(ONE_ROW, 0, session.context);
  const printed =
    value !== null && isBoolean(expression.type)
      ? value === 0
        ? 'false'
        : 'true'
      : formatValue(value, expression.type);
  return { text: printed, type: displayTypeText(expression.type), warnings: session.warnings };
}
