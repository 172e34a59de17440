/**
 * Statements and expressions of a program with the names of its variables replaced by parameters. A bare name that a
 * variable has means the variable, whatever columns there are: so MySQL resolves it. What names a column by its place (the
 * left side of an assignment, DEFAULT(c), VALUES(c)) stays.
 */
import type { Expression } from '../../syntax/ast/expression.ts';
import type { Limit } from '../../syntax/ast/query.ts';
import { selectOf } from '../constant.ts';
import { isQueryLike } from '../syntax-walk.ts';
import type { Cell, Formula } from './program.ts';
import { limitNotInteger } from './routine-errors.ts';

export interface NamedColumn {
  readonly table?: string;
  readonly database?: string;
  readonly name: string;
}

/** The cell that a name means; undefined where it is a column. */
export type FindCell = (column: NamedColumn) => Cell | undefined;

type Tree = { readonly kind?: unknown; readonly [key: string]: unknown };

/** The tree with parameters, and the cells that they read. */
export function withParameters<T>(tree: T, find: FindCell): { readonly tree: T; readonly cells: readonly Cell[] } {
  const cells: Cell[] = [];
  const ordinalOf = (cell: Cell): number => {
    const known = cells.indexOf(cell);
    return known >= 0 ? known : cells.push(cell) - 1;
  };
  const walk = (node: unknown): unknown => {
    if (Array.isArray(node)) {
      const next = node.map(walk);
      return next.every((member, i) => member === node[i]) ? node : next;
    }
    if (typeof node !== 'object' || node === null) return node;
    const { kind } = node as Tree;
    if (kind === 'insertedValue' || (kind === 'default' && (node as Tree)['column'] !== undefined)) return node;
    if (kind === 'column') {
      const cell = find(node as NamedColumn);
      if (cell === undefined) return node;
      const { start, end } = node as { readonly start: number; readonly end: number };
      return { kind: 'parameter', start, end, ordinal: ordinalOf(cell) };
    }
    const isAssignment = kind === undefined && 'column' in node && 'value' in node;
    let changed: Record<string, unknown> | undefined;
    for (const [key, member] of Object.entries(node)) {
      if (typeof member !== 'object' || (isAssignment && key === 'column')) continue;
      if (key === 'limit') assertIntegers(member as Limit | null, find);
      const next = walk(member);
      if (next === member) continue;
      changed ??= { ...node };
      changed[key] = next;
    }
    return changed ?? node;
  };
  return { tree: walk(tree) as T, cells };
}

/** Throws 1691. */
function assertIntegers(limit: Limit | null, find: FindCell): void {
  for (const bound of [limit?.count, limit?.offset]) {
    if (bound?.kind !== 'column') continue;
    const type = find(bound)?.type;
    if (type !== undefined && type.kind !== 'integer' && type.kind !== 'bit') throw limitNotInteger();
  }
}

export function formulaOf(expression: Expression, find: FindCell): Formula {
  const { tree: syntax, cells } = withParameters(expression, find);
  return { syntax, cells, query: isQueryLike(syntax) ? selectOf([syntax]) : undefined };
}
