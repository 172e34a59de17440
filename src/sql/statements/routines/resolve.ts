/**
 * From the syntax of a stored program to a `Program`: names become cells, labels their blocks, conditions their numbers
 * and states. What MySQL refuses when a program is created is refused here.
 */

import { columnType } from '../../bind/column-type.ts';
import { isStoredCall } from '../../bind/stored-call.ts';
import type { IntoTarget } from '../../syntax/ast/query.ts';
import type {
  BlockStatement,
  CaseStatement,
  Condition,
  CreateRoutineStatement,
  CreateTriggerStatement,
  DeclareHandlerStatement,
  IfStatement,
  LoopStatement,
  SignalStatement,
} from '../../syntax/ast/routine-statements.ts';
import type { CallStatement } from '../../syntax/ast/row-statements.ts';
import type { SetItem } from '../../syntax/ast/session-statements.ts';
import type { Statement } from '../../syntax/ast/statement.ts';
import { SqlError, unknownColumn } from '../../types/sql-error.ts';
import { DEFAULT_COLLATION, type SqlType } from '../../types/sql-type.ts';
import { commitsImplicitly } from '../implicit-commit.ts';
import { someNode } from '../syntax-walk.ts';
import { type FindCell, formulaOf, type NamedColumn, withParameters } from './formulas.ts';
import { Names, type RowNames } from './names.ts';
import type {
  Block,
  CallInstruction,
  Cell,
  CursorDefinition,
  Formula,
  Handler,
  Instruction,
  Label,
  Loop,
  Program,
  ResolvedCondition,
  SetInstruction,
  Target,
} from './program.ts';
import * as errors from './routine-errors.ts';
import { tableNames } from './tables-used.ts';

export type ProgramKind = 'procedure' | 'function' | 'trigger' | 'event';

/** What of a trigger's table its body may name. */
export interface TriggerRows {
  readonly columns: readonly { readonly name: string; readonly type: SqlType }[];
  readonly event: CreateTriggerStatement['event'];
  readonly time: CreateTriggerStatement['time'];
}

export function resolveRoutine(statement: CreateRoutineStatement, script: string): Program {
  const { routine, parameters, returns, body, name } = statement;
  const resolver = new Resolver(routine, script);
  const program = resolver.program(body, parameters, returns && columnType(returns, DEFAULT_COLLATION, name.name));
  if (routine === 'function' && !someNode(body, ({ kind }) => kind === 'return')) throw errors.noReturn(name.name);
  return program;
}

export function resolveTrigger(body: Statement, script: string, rows: TriggerRows): Program {
  return new Resolver('trigger', script, rows).program(body, [], undefined);
}

/** The body of an event, or a statement that stands alone. */
export function resolveBody(body: Statement, script: string): Program {
  return new Resolver('event', script).program(body, [], undefined);
}

class Resolver {
  readonly #kind: ProgramKind;
  readonly #script: string;
  readonly #rows: RowNames | undefined;
  #size = 0;
  #looksAtTables = false;
  #isOpaque = false;
  readonly #tables = new Set<string>();

  constructor(kind: ProgramKind, script: string, rows?: TriggerRows) {
    this.#kind = kind;
    this.#script = script;
    this.#rows = rows && { ...rows, new: new Map(), old: new Map() };
  }

  program(body: Statement, parameters: CreateRoutineStatement['parameters'], returns: SqlType | undefined): Program {
    const names = new Names();
    const cells = parameters.map(({ name, type, mode }) => {
      if (names.ownVariable(name) !== undefined) throw errors.duplicateParameter(name);
      const cell = this.#cell(name, columnType(type, DEFAULT_COLLATION, name));
      names.declareVariable(cell);
      return { mode, cell };
    });
    const instruction = this.#statement(body, names);
    return {
      body: instruction,
      size: this.#size,
      parameters: cells,
      returns,
      newCells: [...(this.#rows?.new.values() ?? [])],
      oldCells: [...(this.#rows?.old.values() ?? [])],
      looksAtTables: this.#looksAtTables,
      tables: this.#tables,
      isOpaque: this.#isOpaque,
    };
  }

  #cell(name: string, type: SqlType): Cell {
    return { index: this.#size++, name, type };
  }

  #finder(names: Names): FindCell {
    return (column) => {
      if (column.table === undefined) return names.variable(column.name);
      return column.database === undefined ? this.#rowCell(column, false) : undefined;
    };
  }

  /** The cell of NEW.column or OLD.column. Throws 1054, 1362 and 1363. */
  #rowCell({ table = '', name }: NamedColumn, isAssigned: boolean): Cell | undefined {
    const row = table.toLowerCase();
    if (this.#rows === undefined || (row !== 'new' && row !== 'old')) return undefined;
    const { event, time, columns } = this.#rows;
    if ((row === 'new' && event === 'delete') || (row === 'old' && event === 'insert')) {
      throw errors.noSuchRow(row.toUpperCase(), event.toUpperCase());
    }
    if (isAssigned && row === 'old') throw errors.rowNotAssignable('OLD', '');
    if (isAssigned && time === 'after') throw errors.rowNotAssignable('NEW', 'after ');
    const at = columns.findIndex((column) => column.name.toLowerCase() === name.toLowerCase());
    if (at < 0) throw unknownColumn(name, row.toUpperCase());
    const known = this.#rows[row].get(at);
    const cell = known?.cell ?? this.#cell(columns[at]!.name, columns[at]!.type);
    this.#rows[row].set(at, { cell, column: at, isAssigned: isAssigned || known?.isAssigned === true });
    return cell;
  }

  #formula(expression: Formula['syntax'], names: Names): Formula {
    const formula = formulaOf(expression, this.#finder(names));
    if (formula.query !== undefined) {
      const { start, end } = expression;
      this.#noteTables({ kind: 'select', start, end, query: formula.query });
    }
    return formula;
  }

  #noteTables(statement: Statement): void {
    this.#looksAtTables = true;
    if (statement.kind === 'execute' || someNode(statement, isStoredCall)) this.#isOpaque = true;
    for (const { name } of tableNames(statement)) this.#tables.add(name.toLowerCase());
  }

  #target(target: IntoTarget, names: Names): Target {
    if (target.kind === 'user') return { kind: 'user', name: target.name };
    const cell = names.variable(target.name);
    if (cell === undefined) throw errors.undeclaredVariable(target.name);
    return { kind: 'cell', cell };
  }

  #list(statements: readonly Statement[], names: Names): Instruction[] {
    return statements.map((statement) => this.#statement(statement, names));
  }

  #statement(statement: Statement, names: Names): Instruction {
    switch (statement.kind) {
      case 'block':
        return this.#labelled(statement, names, (inner) => this.#block(statement, names, inner));
      case 'loop':
        return this.#labelled(statement, names, (inner) => this.#loop(statement, inner));
      case 'if':
        return this.#if(statement, names);
      case 'case':
        return this.#case(statement, names);
      case 'leave':
      case 'iterate': {
        const label = names.label(statement.label, statement.kind === 'iterate');
        if (label === undefined) throw errors.noSuchLabel(statement.kind.toUpperCase(), statement.label);
        return { kind: statement.kind, label };
      }
      case 'return':
        if (this.#kind !== 'function') throw errors.returnOutside();
        return { kind: 'return', value: this.#formula(statement.value, names) };
      case 'openCursor':
      case 'closeCursor':
        return { kind: statement.kind === 'openCursor' ? 'open' : 'close', cursor: names.mustCursor(statement.name) };
      case 'fetchCursor': {
        const into = statement.into.map((target) => this.#target(target, names));
        return { kind: 'fetch', cursor: names.mustCursor(statement.name), into };
      }
      case 'signal':
      case 'resignal':
        return this.#signal(statement, names);
      case 'getDiagnostics':
        return {
          kind: 'getDiagnostics',
          stacked: statement.stacked,
          condition: statement.condition && this.#formula(statement.condition, names),
          items: statement.items.map(({ target, name }) => ({ target: this.#target(target, names), name })),
        };
      case 'set':
        return { kind: 'set', items: statement.items.map((item) => this.#setItem(item, statement, names)) };
      case 'call':
        return this.#call(statement, names);
      case 'declareVariables':
      case 'declareCondition':
      case 'declareCursor':
      case 'declareHandler':
        throw errors.declarationInside();
      default:
        return this.#sql(statement, names);
    }
  }

  #labelled(
    { label: name, ...statement }: BlockStatement | LoopStatement,
    names: Names,
    resolve: (inner: Names) => Block | Loop,
  ): Instruction {
    if (name === undefined) return resolve(names.inner());
    if (names.label(name, false) !== undefined) throw errors.labelTwice(name);
    const label: Label = { name };
    const inner = names.inner();
    inner.declareLabel(label, statement.kind === 'loop');
    return { kind: 'labelled', label, body: resolve(inner) };
  }

  /** `outside`: what the handlers of the block see of labels. */
  #block({ statements }: BlockStatement, outside: Names, names: Names): Block {
    const variables: { cell: Cell; initial: Formula | undefined }[] = [];
    const cursors: CursorDefinition[] = [];
    const handlers: Handler[] = [];
    let at = 0;
    for (; at < statements.length; at++) {
      const statement = statements[at]!;
      if (statement.kind === 'declareVariables') {
        if (cursors.length > 0 || handlers.length > 0) throw errors.variableAfterCursor();
        const initial = statement.default && this.#formula(statement.default, names);
        for (const name of statement.names) {
          if (names.ownVariable(name) !== undefined) throw errors.duplicateVariable(name);
          const cell = this.#cell(name, columnType(statement.type, DEFAULT_COLLATION, name));
          names.declareVariable(cell);
          variables.push({ cell, initial });
        }
      } else if (statement.kind === 'declareCondition') {
        if (cursors.length > 0 || handlers.length > 0) throw errors.variableAfterCursor();
        if (names.ownCondition(statement.name) !== undefined) throw errors.duplicateCondition(statement.name);
        names.declareCondition(statement.name, this.#condition(statement.condition, names));
      } else if (statement.kind === 'declareCursor') {
        if (handlers.length > 0) throw errors.cursorAfterHandler();
        if (names.ownCursor(statement.name) !== undefined) throw errors.duplicateCursor(statement.name);
        const { start, end } = statement.query;
        const { parsed, cells } = this.#parsed({ kind: 'select', start, end, query: statement.query }, names);
        const cursor = { index: this.#size++, name: statement.name, parsed, cells };
        names.declareCursor(cursor);
        this.#noteTables(parsed.statement);
        cursors.push(cursor);
      } else if (statement.kind === 'declareHandler') {
        handlers.push(this.#handler(statement, names.withLabelsOf(outside), handlers));
      } else break;
    }
    return { kind: 'block', variables, cursors, handlers, body: this.#list(statements.slice(at), names) };
  }

  #handler({ action, conditions, body }: DeclareHandlerStatement, names: Names, others: readonly Handler[]): Handler {
    if (action === 'undo') throw new SqlError(1235, '42000', 'UNDO handlers are not supported', 'unsupported');
    const resolved = conditions.map((condition) => this.#condition(condition, names));
    const all = [...others.flatMap((other) => other.conditions), ...resolved].map((condition) =>
      JSON.stringify(condition),
    );
    if (new Set(all).size < all.length) throw errors.duplicateHandler();
    return { exits: action === 'exit', conditions: resolved, body: this.#statement(body, names) };
  }

  #condition(condition: Condition, names: Names): ResolvedCondition {
    switch (condition.kind) {
      case 'name': {
        const found = names.condition(condition.name);
        if (found === undefined) throw errors.undefinedCondition(condition.name);
        return found;
      }
      case 'sqlstate':
        if (!/^[0-9A-Z]{5}$/.test(condition.value) || condition.value.startsWith('00')) {
          throw errors.badSqlState(condition.value);
        }
        return condition;
      case 'errno':
        if (condition.value === 0) throw new SqlError(1512, 'HY000', "Incorrect CONDITION value: '0'");
        return condition;
      default:
        return condition;
    }
  }

  #loop({ type, condition, body }: LoopStatement, names: Names): Loop {
    const inner = this.#list(body, names);
    return { kind: 'loop', type, condition: condition && this.#formula(condition, names), body: inner };
  }

  #if({ branches, otherwise }: IfStatement, names: Names): Instruction {
    return {
      kind: 'branch',
      branches: branches.map(({ condition, body }) => ({
        condition: this.#formula(condition, names),
        body: this.#list(body, names),
      })),
      otherwise: otherwise && this.#list(otherwise, names),
      isCase: false,
    };
  }

  #case({ operand, branches, otherwise }: CaseStatement, names: Names): Instruction {
    return {
      kind: 'branch',
      branches: branches.map(({ when, body }) => {
        const { start, end } = when;
        const condition =
          operand === undefined
            ? when
            : ({ kind: 'binary', operator: '=', left: operand, right: when, start, end } as const);
        return { condition: this.#formula(condition, names), body: this.#list(body, names) };
      }),
      otherwise: otherwise && this.#list(otherwise, names),
      isCase: true,
    };
  }

  #signal({ kind, condition, items }: SignalStatement, names: Names): Instruction {
    const resolved = condition && this.#condition(condition, names);
    if (resolved !== undefined && resolved.kind !== 'sqlstate') {
      throw new SqlError(1646, 'HY000', 'SIGNAL/RESIGNAL can only use a CONDITION defined with SQLSTATE');
    }
    const twice = items.find(({ name }, i) => items.findIndex((other) => other.name === name) < i);
    if (twice !== undefined) throw errors.duplicateItem(twice.name.toUpperCase());
    return {
      kind,
      condition: resolved,
      items: items.map(({ name, value }) => ({ name, value: this.#formula(value, names) })),
    };
  }

  #setItem(item: SetItem, { start, end }: Statement, names: Names): SetInstruction {
    switch (item.kind) {
      case 'user':
        return { kind: 'assign', target: { kind: 'user', name: item.name }, value: this.#formula(item.value, names) };
      case 'column': {
        const cell = this.#rowCell(item.column, true);
        if (cell === undefined) throw unknownColumn(item.column.name, item.column.table ?? 'field list');
        return { kind: 'assign', target: { kind: 'cell', cell }, value: this.#formula(item.value, names) };
      }
      case 'system': {
        const cell = item.scope === undefined ? names.variable(item.name) : undefined;
        if (cell !== undefined) {
          return { kind: 'assign', target: { kind: 'cell', cell }, value: this.#formula(item.value, names) };
        }
        if (this.#isInside && item.name === 'autocommit') throw errors.noCommitInside();
      }
    }
    const { parsed, cells } = this.#parsed({ kind: 'set', start, end, items: [item] }, names);
    return { kind: 'session', parsed, cells, item };
  }

  #call(statement: CallStatement, names: Names): CallInstruction {
    this.#looksAtTables = true;
    this.#isOpaque = true;
    const args = statement.args.map((arg) => ({
      value: this.#formula(arg, names),
      target: this.#argumentTarget(arg, names),
    }));
    return { kind: 'call', statement, parsed: this.#textOf(statement, 0), args };
  }

  #argumentTarget(arg: CallStatement['args'][number], names: Names): Target | undefined {
    if (arg.kind === 'userVariable') return { kind: 'user', name: arg.name };
    if (arg.kind !== 'column') return undefined;
    const cell = this.#finder(names)(arg);
    return cell && { kind: 'cell', cell };
  }

  /** In a trigger or a function, which are part of another statement. */
  get #isInside(): boolean {
    return this.#kind === 'trigger' || this.#kind === 'function';
  }

  #sql(statement: Statement, names: Names): Instruction {
    this.#assertAllowed(statement);
    this.#noteTables(statement);
    if (statement.kind === 'select' && statement.query.into?.kind === 'variables') {
      const { into, ...query } = statement.query;
      const { parsed, cells } = this.#parsed({ ...statement, query }, names);
      return { kind: 'sql', parsed, cells, into: into.targets.map((target) => this.#target(target, names)) };
    }
    return { kind: 'sql', ...this.#parsed(statement, names), into: undefined };
  }

  #assertAllowed(statement: Statement): void {
    const { kind } = statement;
    if (kind === 'createTrigger') throw errors.nestedCreate('TRIGGER');
    if (kind === 'createRoutine') throw errors.nestedCreate(statement.routine.toUpperCase());
    if (kind === 'createEvent') throw errors.nestedCreate('EVENT');
    if (kind === 'use') throw errors.notInRoutine('USE');
    if (kind === 'lockTables' || kind === 'unlockTables') throw errors.notInRoutine('LOCK');
    if (kind === 'loadData') throw errors.notInRoutine('LOAD DATA');
    if (!this.#isInside) return;
    if (kind === 'prepare' || kind === 'execute' || kind === 'deallocate') throw errors.noDynamicSql();
    if (kind === 'begin' || kind === 'commit' || kind === 'rollback' || commitsImplicitly(statement)) {
      throw errors.noCommitInside();
    }
    const givesRows = kind === 'select' ? statement.query.into === undefined : GIVES_ROWS.has(kind);
    if (givesRows) throw errors.resultSetFrom(this.#kind);
  }

  #parsed(statement: Statement, names: Names) {
    const { tree, cells } = withParameters(statement, this.#finder(names));
    return { parsed: this.#textOf(tree, cells.length), cells };
  }

  #textOf(statement: Statement, parameters: number) {
    const script = this.#script;
    return { statement, script, text: script.slice(statement.start, statement.end), parameters, warnings: [] };
  }
}

const GIVES_ROWS: ReadonlySet<Statement['kind']> = new Set(['show', 'describe', 'explain', 'maintenance']);
