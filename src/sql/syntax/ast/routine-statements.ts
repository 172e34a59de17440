/**
 * The syntax of stored programs: triggers, procedures, functions and events, and the statements that only their bodies may
 * hold.
 */
import type { DataType } from './data-type.ts';
import type { Expression } from './expression.ts';
import type { Account, Node, TableName } from './node.ts';
import type { IntoTarget, Query } from './query.ts';
import type { Statement } from './statement.ts';

export interface TriggerOrder extends Node {
  readonly when: 'follows' | 'precedes';
  readonly trigger: string;
}
export interface CreateTriggerStatement extends Node {
  readonly kind: 'createTrigger';
  readonly ifNotExists: boolean;
  readonly definer?: Account;
  /** Where DEFINER would stand. */
  readonly definerAt: number;
  readonly trigger: TableName;
  readonly time: 'before' | 'after';
  readonly event: 'insert' | 'update' | 'delete';
  readonly table: TableName;
  readonly order?: TriggerOrder;
  readonly body: Statement;
}

export interface RoutineParameter extends Node {
  readonly mode: 'in' | 'out' | 'inout';
  readonly name: string;
  readonly type: DataType;
}
export interface RoutineCharacteristics {
  readonly comment?: string;
  readonly deterministic?: boolean;
  readonly access?: 'contains sql' | 'no sql' | 'reads sql data' | 'modifies sql data';
  readonly security?: 'definer' | 'invoker';
}
export interface CreateRoutineStatement extends Node {
  readonly kind: 'createRoutine';
  readonly routine: 'procedure' | 'function';
  readonly ifNotExists: boolean;
  readonly orReplace: boolean;
  readonly definer?: Account;
  /** Where DEFINER would stand. */
  readonly definerAt: number;
  readonly name: TableName;
  readonly parameters: readonly RoutineParameter[];
  readonly returns?: DataType;
  readonly characteristics: RoutineCharacteristics;
  /** Where the characteristics stand, or would. */
  readonly characteristicsAt: Node;
  readonly body: Statement;
}
/** ALTER PROCEDURE, ALTER FUNCTION: characteristics alone. */
export interface AlterRoutineStatement extends Node {
  readonly kind: 'alterRoutine';
  readonly routine: 'procedure' | 'function';
  readonly name: TableName;
  readonly characteristics: RoutineCharacteristics;
}

export type EventSchedule =
  | { readonly kind: 'at'; readonly at: Expression }
  | {
      readonly kind: 'every';
      readonly interval: Expression;
      readonly starts?: Expression;
      readonly ends?: Expression;
    };
export interface CreateEventStatement extends Node {
  readonly kind: 'createEvent';
  readonly ifNotExists: boolean;
  readonly definer?: Account;
  /** Where DEFINER would stand. */
  readonly definerAt: number;
  readonly event: TableName;
  readonly schedule: EventSchedule;
  readonly preserve: boolean;
  readonly status?: 'enable' | 'disable' | 'disable on replica';
  readonly comment?: string;
  readonly body: Statement;
}
export interface AlterEventStatement extends Node {
  readonly kind: 'alterEvent';
  readonly definer?: Account;
  /** Where DEFINER would stand. */
  readonly definerAt: number;
  readonly event: TableName;
  readonly schedule?: EventSchedule;
  readonly preserve?: boolean;
  readonly renameTo?: TableName;
  readonly status?: 'enable' | 'disable' | 'disable on replica';
  readonly comment?: string;
  readonly body?: Statement;
}

/** DROP TRIGGER | PROCEDURE | FUNCTION | EVENT. */
export interface DropObjectStatement extends Node {
  readonly kind: 'dropObject';
  readonly object: 'trigger' | 'procedure' | 'function' | 'event';
  readonly ifExists: boolean;
  readonly name: TableName;
}

// ---------------------------------------------------------------------------------------------------------------------
// Inside routine bodies

export interface BlockStatement extends Node {
  readonly kind: 'block';
  readonly label?: string;
  readonly statements: readonly Statement[];
}
export interface DeclareVariablesStatement extends Node {
  readonly kind: 'declareVariables';
  readonly names: readonly string[];
  readonly type: DataType;
  readonly default?: Expression;
}
export interface DeclareCursorStatement extends Node {
  readonly kind: 'declareCursor';
  readonly name: string;
  readonly query: Query;
}
export type Condition =
  | { readonly kind: 'sqlstate'; readonly value: string }
  | { readonly kind: 'errno'; readonly value: number }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'sqlwarning' | 'notFound' | 'sqlexception' };
export interface DeclareConditionStatement extends Node {
  readonly kind: 'declareCondition';
  readonly name: string;
  readonly condition: Condition;
}
export interface DeclareHandlerStatement extends Node {
  readonly kind: 'declareHandler';
  readonly action: 'continue' | 'exit' | 'undo';
  readonly conditions: readonly Condition[];
  readonly body: Statement;
}
export interface IfStatement extends Node {
  readonly kind: 'if';
  readonly branches: readonly { readonly condition: Expression; readonly body: readonly Statement[] }[];
  readonly otherwise?: readonly Statement[];
}
export interface CaseStatement extends Node {
  readonly kind: 'case';
  readonly operand?: Expression;
  readonly branches: readonly { readonly when: Expression; readonly body: readonly Statement[] }[];
  readonly otherwise?: readonly Statement[];
}
export interface LoopStatement extends Node {
  readonly kind: 'loop';
  readonly label?: string;
  /** WHILE condition DO; REPEAT … UNTIL condition; LOOP has none. */
  readonly type: 'loop' | 'while' | 'repeat';
  readonly condition?: Expression;
  readonly body: readonly Statement[];
}
/** LEAVE label, ITERATE label. */
export interface JumpStatement extends Node {
  readonly kind: 'leave' | 'iterate';
  readonly label: string;
}
export interface ReturnStatement extends Node {
  readonly kind: 'return';
  readonly value: Expression;
}
export interface CursorStatement extends Node {
  readonly kind: 'openCursor' | 'closeCursor';
  readonly name: string;
}
export interface FetchStatement extends Node {
  readonly kind: 'fetchCursor';
  readonly name: string;
  readonly into: readonly IntoTarget[];
}
export interface SignalStatement extends Node {
  readonly kind: 'signal' | 'resignal';
  readonly condition?: Condition;
  readonly items: readonly { readonly name: string; readonly value: Expression }[];
}
export interface GetDiagnosticsStatement extends Node {
  readonly kind: 'getDiagnostics';
  readonly stacked: boolean;
  /** Of a numbered condition; absent for the statement's items. */
  readonly condition?: Expression;
  readonly items: readonly { readonly target: IntoTarget; readonly name: string }[];
}

export type RoutineStatement =
  | CreateTriggerStatement
  | CreateRoutineStatement
  | CreateEventStatement
  | AlterEventStatement
  | AlterRoutineStatement
  | DropObjectStatement
  | BlockStatement
  | DeclareVariablesStatement
  | DeclareCursorStatement
  | DeclareConditionStatement
  | DeclareHandlerStatement
  | IfStatement
  | CaseStatement
  | LoopStatement
  | JumpStatement
  | ReturnStatement
  | CursorStatement
  | FetchStatement
  | SignalStatement
  | GetDiagnosticsStatement;
