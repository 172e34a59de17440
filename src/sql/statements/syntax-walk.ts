/** Looking through and rewriting syntax trees, whatever their nodes are. */
import { isStoredCall } from '../bind/stored-call.ts';
import type { Expression } from '../syntax/ast/expression.ts';
import { waitsForLock } from '../syntax/waits-for-lock.ts';

type Tree = { readonly kind?: string; readonly [key: string]: unknown };

/** Whether some node of the tree satisfies the test. A tree may be as deep as a chain of unions is long. */
export function someNode(tree: unknown, test: (node: Tree) => boolean): boolean {
  const left: unknown[] = [tree];
  while (left.length > 0) {
    const next = left.pop();
    if (typeof next !== 'object' || next === null) continue;
    if (!Array.isArray(next) && typeof (next as Tree).kind === 'string' && test(next as Tree)) return true;
    const members = Object.values(next);
    for (let i = members.length - 1; i >= 0; i--) if (typeof members[i] === 'object') left.push(members[i]);
  }
  return false;
}

/** It has to be run as a query: there is one in it, or a call that may wait, as a stored function does. */
export function isQueryLike(expression: Expression): boolean {
  return someNode(expression, (node) => node.kind === 'query' || waitsForLock(node) || isStoredCall(node));
}

/** The tree with nodes replaced: `replace` gives another node, or undefined to look inside. */
export function rewrite<T>(tree: T, replace: (node: Tree) => object | undefined): T {
  if (Array.isArray(tree)) return tree.map((member) => rewrite(member as unknown, replace)) as T;
  if (typeof tree !== 'object' || tree === null) return tree;
  const node = tree as Tree;
  if (typeof node.kind === 'string') {
    const other = replace(node);
    if (other !== undefined) return other as T;
  }
  return Object.fromEntries(
    Object.entries(node).map(([key, member]) => [key, typeof member === 'object' ? rewrite(member, replace) : member]),
  ) as T;
}
