/**
 * A stored program whose names are resolved: variables, parameters and the rows NEW and OLD are cells of a frame, and what
 * a statement reads of them are parameters (`?`) of its syntax. So a statement of a program is planned and bound once, as
 * any statement that is run again. A program holds nothing of its runs and may be kept; a run's state is its `Frame`.
 */

import type { Expression } from '../../syntax/ast/expression.ts';
import type { Query } from '../../syntax/ast/query.ts';
import type { Condition, GetDiagnosticsStatement, RoutineParameter } from '../../syntax/ast/routine-statements.ts';
import type { CallStatement } from '../../syntax/ast/row-statements.ts';
import type { SetItem } from '../../syntax/ast/session-statements.ts';
import type { ParsedStatement } from '../../syntax/parse.ts';
import type { SqlType } from '../../types/sql-type.ts';

/** Where a variable's value lives in a frame. */
export interface Cell {
  readonly index: number;
  readonly name: string;
  readonly type: SqlType;
}

/** An expression; `cells[n]` is its parameter n. */
export interface Formula {
  readonly syntax: Expression;
  readonly cells: readonly Cell[];
  /** The expression as a query of one row; undefined where none is in it. */
  readonly query: Query | undefined;
}

/** What takes a value: a variable of the program or of the user. */
export type Target = { readonly kind: 'cell'; readonly cell: Cell } | { readonly kind: 'user'; readonly name: string };

/** What takes the value of an OUT parameter of a CALL: also a `?`, whose value is sent to the client. */
export type OutTarget = Target | { readonly kind: 'parameter' };

/** Conditions by number, by SQLSTATE, or by class. */
export type ResolvedCondition = Exclude<Condition, { readonly kind: 'name' }>;

export interface Handler {
  readonly exits: boolean;
  readonly conditions: readonly ResolvedCondition[];
  readonly body: Instruction;
}

export interface CursorDefinition {
  readonly index: number;
  readonly name: string;
  readonly parsed: ParsedStatement;
  readonly cells: readonly Cell[];
}

export interface Block {
  readonly kind: 'block';
  readonly variables: readonly { readonly cell: Cell; readonly initial: Formula | undefined }[];
  readonly cursors: readonly CursorDefinition[];
  readonly handlers: readonly Handler[];
  readonly body: readonly Instruction[];
}

export interface Loop {
  readonly kind: 'loop';
  readonly type: 'loop' | 'while' | 'repeat';
  readonly condition: Formula | undefined;
  readonly body: readonly Instruction[];
}

export interface SqlInstruction {
  readonly kind: 'sql';
  readonly parsed: ParsedStatement;
  readonly cells: readonly Cell[];
  /** SELECT … INTO variables. */
  readonly into: readonly Target[] | undefined;
}

export interface CallInstruction {
  readonly kind: 'call';
  readonly statement: CallStatement;
  readonly parsed: ParsedStatement;
  readonly args: readonly { readonly value: Formula; readonly target: Target | undefined }[];
}

export interface SignalInstruction {
  readonly kind: 'signal' | 'resignal';
  readonly condition: ResolvedCondition | undefined;
  readonly items: readonly { readonly name: string; readonly value: Formula }[];
}

export type SetInstruction =
  | { readonly kind: 'assign'; readonly target: Target; readonly value: Formula }
  | {
      readonly kind: 'session';
      readonly parsed: ParsedStatement;
      readonly cells: readonly Cell[];
      readonly item: SetItem;
    };

/** `target` of a jump is the block or loop of its label, by identity. */
export type Instruction =
  | Block
  | Loop
  | SqlInstruction
  | CallInstruction
  | SignalInstruction
  | { readonly kind: 'set'; readonly items: readonly SetInstruction[] }
  | {
      readonly kind: 'branch';
      readonly branches: readonly { readonly condition: Formula; readonly body: readonly Instruction[] }[];
      /** Undefined: nothing happens, or for a CASE error 1339. */
      readonly otherwise: readonly Instruction[] | undefined;
      readonly isCase: boolean;
    }
  | { readonly kind: 'leave' | 'iterate'; readonly label: Label }
  | { readonly kind: 'labelled'; readonly label: Label; readonly body: Block | Loop }
  | { readonly kind: 'return'; readonly value: Formula }
  | { readonly kind: 'open' | 'close'; readonly cursor: CursorDefinition }
  | { readonly kind: 'fetch'; readonly cursor: CursorDefinition; readonly into: readonly Target[] }
  | {
      readonly kind: 'getDiagnostics';
      readonly stacked: boolean;
      readonly condition: Formula | undefined;
      readonly items: readonly {
        readonly target: Target;
        readonly name: GetDiagnosticsStatement['items'][number]['name'];
      }[];
    };

export interface Label {
  readonly name: string;
}

/** A column of NEW or OLD that the program names. */
export interface RowCell {
  readonly cell: Cell;
  readonly column: number;
  /** SET NEW.column. */
  readonly isAssigned: boolean;
}

export interface Program {
  readonly body: Instruction;
  /** Number of cells of a frame. */
  readonly size: number;
  readonly parameters: readonly { readonly mode: RoutineParameter['mode']; readonly cell: Cell }[];
  readonly returns: SqlType | undefined;
  readonly newCells: readonly RowCell[];
  readonly oldCells: readonly RowCell[];
  /** Whether it runs anything that may look at stored tables. */
  readonly looksAtTables: boolean;
  /** The tables that it names, lower case; more where it is opaque: it calls others, or runs what it makes up. */
  readonly tables: ReadonlySet<string>;
  readonly isOpaque: boolean;
}
