/**
 * WITH: common tables, recursive ones too. A table is bound at its first use and shared by all others; one that is used
 * once is inlined by the optimizer.
 */
import * as build from '../expressions/build.ts';
import { reference } from '../plan/expression-tree.ts';
import type { Plan, PlanColumn } from '../plan/plan.ts';
import type { CommonTable, Query, QueryBody, With } from '../syntax/ast/query.ts';
import { notUniqueTable, SqlError, unionColumnCount, viewColumnCount } from '../types/sql-error.ts';
import { type SqlType, sameType } from '../types/sql-type.ts';
import { type BoundBody, bindBody, bindQueryIn } from './bind-body.ts';
import { checkUniqueNames } from './bind-from.ts';
import type { CommonTableBinding, Environment } from './binder.ts';
import { type Scope, sameName } from './scope.ts';

/** The environment inside of a WITH. Each table sees those before it, a recursive one itself too. */
export function withCommonTables(clause: With | undefined, environment: Environment, scope: Scope | undefined) {
  let inside = environment;
  const names: string[] = [];
  for (const table of clause?.tables ?? []) {
    if (names.some((name) => sameName(name, table.name))) throw notUniqueTable(table.name);
    names.push(table.name);
    const recursive = clause!.recursive && mentions(table.query, table.name);
    inside = inside.with({ name: table.name, table, recursive, environment: inside, scope });
  }
  return inside;
}

/** A use of a common table: its rows, under ids of its own. */
export function bindCommonTable(binding: CommonTableBinding): { plan: Plan; columns: readonly PlanColumn[] } {
  const { binder } = binding.environment;
  const fresh = (columns: readonly PlanColumn[]): PlanColumn[] =>
    columns.map((c) => binder.column(c.name, c.type, c.nullable));
  if (binding.work) {
    const columns = fresh(binding.work.columns);
    return { plan: { kind: 'workTable', work: binding.work.work, columns }, columns };
  }
  binding.bound ??= { share: binder.id(), ...binder.nested(() => bindDefinition(binding)) };
  const { share, plan } = binding.bound;
  const columns = fresh(binding.bound.columns);
  return { plan: { kind: 'shared', share, input: plan, columns }, columns };
}

function bindDefinition(binding: CommonTableBinding): { plan: Plan; columns: readonly PlanColumn[] } {
  if (binding.recursive) return bindRecursive(binding);
  const body = bindQueryIn(binding.table.query, binding.environment, binding.scope);
  return { plan: body.plan, columns: named(body.columns, binding.table) };
}

function named(columns: readonly PlanColumn[], table: CommonTable): readonly PlanColumn[] {
  const names = table.columns ?? columns.map((c) => c.name);
  if (names.length !== columns.length) throw viewColumnCount();
  checkUniqueNames(names);
  return columns.map((column, i) => ({ ...column, name: names[i]! }));
}

/** The members of a chain of unions, and whether the last of them drops duplicates. */
function unionMembers(query: Query): { members: readonly QueryBody[]; all: boolean } | undefined {
  let { body } = query;
  while (body.kind === 'query' && body.orderBy.length === 0 && !body.limit && !body.with) body = body.body;
  if (body.kind !== 'setOperation' || body.operator !== 'union') return undefined;
  const { all } = body;
  const members: QueryBody[] = [];
  let rest: QueryBody = body;
  for (; rest.kind === 'setOperation' && rest.operator === 'union'; rest = rest.left) members.unshift(rest.right);
  return { members: [rest, ...members], all };
}

function bindRecursive(binding: CommonTableBinding): { plan: Plan; columns: readonly PlanColumn[] } {
  const { table, environment, scope } = binding;
  const { binder } = environment;
  const union = unionMembers(table.query);
  if (!union) {
    throw new SqlError(3573, 'HY000', `Recursive Common Table Expression '${table.name}' should contain a UNION`);
  }
  const anchors = union.members.filter((member) => !mentions(member, table.name));
  const steps = union.members.filter((member) => mentions(member, table.name));
  if (anchors.length === 0) {
    throw new SqlError(
      3574,
      'HY000',
      `Recursive Common Table Expression '${table.name}' should have one or more non-recursive query blocks followed by one or more recursive ones`,
    );
  }
  const anchor = anchors.map((member) => bindBody(member, environment, scope));
  const first = named(anchor[0]!.columns, table);
  let types = unify(anchor);
  for (let round = 0; ; round++) {
    const columns = first.map((c, i) => binder.column(c.name, types[i]!, true));
    const work = binder.id();
    const inside = environment.with({ ...binding, work: { work, columns } });
    const step = steps.map((member) => bindBody(member, inside, scope));
    const wider = unify([...anchor, ...step]);
    // The step's types may widen the columns, which may widen the step's once more.
    if (round < 4 && !wider.every((type, i) => sameType(type, types[i]!))) {
      types = wider;
      continue;
    }
    const plan: Plan = {
      kind: 'recursive',
      work,
      anchor: unionAll(anchor, columns, binding),
      step: unionAll(step, columns, binding),
      distinct: !union.all,
      columns,
    };
    if (!table.query.limit && table.query.orderBy.length === 0) return { plan, columns };
    const count = table.query.limit && build.coerce(build.numberLiteral(limitText(table.query)), types[0]!);
    return { plan: count ? { kind: 'limit', input: plan, count, offset: undefined } : plan, columns };
  }
}

function limitText(query: Query): string {
  const count = query.limit?.count;
  if (count?.kind !== 'number') throw new SqlError(1235, '42000', 'LIMIT of a recursive common table must be a number');
  return count.text;
}

function unify(members: readonly BoundBody[]): SqlType[] {
  const [first] = members;
  return first!.columns.map((_, i) =>
    build.unifiedType(
      members.map((member) => {
        const column = member.columns[i];
        if (!column || member.columns.length !== first!.columns.length) throw unionColumnCount();
        return column.type;
      }),
    ),
  );
}

function unionAll(members: readonly BoundBody[], columns: readonly PlanColumn[], binding: CommonTableBinding): Plan {
  const { binder } = binding.environment;
  const inputs = members.map((member): Plan => {
    const computed = member.columns.map((column, i) => {
      const { name, type } = columns[i]!;
      return { column: binder.column(name, type, true), expression: build.coerce(reference(column), type) };
    });
    return { kind: 'project', input: member.plan, computed };
  });
  if (inputs.length === 1) return inputs[0]!;
  const made = columns.map((c) => binder.column(c.name, c.type, true));
  return { kind: 'setOperation', operation: 'union', all: true, inputs, columns: made };
}

/** Whether a piece of syntax names a table. An inner WITH of the same name is not told apart. */
function mentions(node: unknown, table: string): boolean {
  if (Array.isArray(node)) return node.some((item) => mentions(item, table));
  if (typeof node !== 'object' || node === null) return false;
  if ('kind' in node && node.kind === 'table' && 'table' in node) {
    const { database, name } = node.table as { database?: string; name: string };
    if (database === undefined && sameName(name, table)) return true;
  }
  return Object.values(node).some((value) => mentions(value, table));
}
