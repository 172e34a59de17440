/**
 * A plan as the document of EXPLAIN FORMAT=JSON, in the shape that MySQL 8.0 gives it (manual, "EXPLAIN Output Format"; the
 * first version of the format): a query block holds what is done to its rows, outermost first, around a table or the tables of
 * a nested loop. What MySQL's planner knows and this one does not (costs, keys that were not taken, lengths of keys) is left
 * out, and so are conditions of HAVING and LIMIT, for which the format has no member.
 */
import type { Expression } from '../expressions/expression.ts';
import { describeExpression as describe } from './describe-expression.ts';
import { columnsRead, isConstant } from './expression-tree.ts';
import type { ApplyPlan, ColumnId, JoinPlan, KeyRange, Plan, ScanPlan, SortKey } from './plan.ts';
import { idsOf, outerColumns } from './plan-tree.ts';

type Members = Record<string, unknown>;

/** What a statement does to tables: the member that its tables have in MySQL's document. */
export interface Change {
  readonly verb: 'insert' | 'replace' | 'update' | 'delete';
  readonly tables: readonly string[];
}

/** `rowsOf` estimates what a plan gives. Without a plan, the rows of an INSERT are in the statement itself. */
export function explainJson(
  plan: Plan | undefined,
  change: Change | undefined,
  rowsOf: (plan: Plan) => number,
): string {
  const isInsertion = change?.verb === 'insert' || change?.verb === 'replace';
  // What gives the rows of an INSERT stays as it is, a table of the same name too.
  const writer = new BlockWriter(rowsOf, isInsertion ? undefined : change);
  const block = isInsertion ? writer.insertion(plan, change) : writer.block(plan!);
  return JSON.stringify(block, undefined, 2);
}

/** Conditions and subqueries that belong to the table that is read last beneath them. */
interface Attached {
  readonly conditions: Expression[];
  readonly subqueries: Members[];
}

const nothing = (): Attached => ({ conditions: [], subqueries: [] });

/**
 * The places of a query block, in the order in which its rows pass them. Where a node comes whose place is not further in than
 * that of the node above it, another block begins: a derived table.
 */
const PLACES = { limit: 5, sort: 4, distinct: 3, window: 2, aggregate: 1 } as const;
const OUTERMOST = 6;

type SubqueryPlace =
  | 'select_list_subqueries'
  | 'attached_subqueries'
  | 'having_subqueries'
  | 'order_by_subqueries'
  | 'group_by_subqueries';

class BlockWriter {
  readonly #rowsOf: (plan: Plan) => number;
  readonly #change: Change | undefined;
  #selects = 0;
  /** Blocks of common tables by their number. */
  readonly #shared = new Map<number, number>();
  /** Where columns are read that subqueries may have made. */
  readonly #readers = new Map<ColumnId, SubqueryPlace>();

  constructor(rowsOf: (plan: Plan) => number, change: Change | undefined) {
    this.#rowsOf = rowsOf;
    this.#change = change;
  }

  block(plan: Plan, kind: Members = {}): Members {
    const select_id = ++this.#selects;
    const subqueries: Members = {};
    const members = this.#operations(plan, OUTERMOST, nothing(), subqueries);
    return { query_block: { select_id, ...kind, ...members, ...subqueries } };
  }

  /** INSERT and REPLACE: the table that takes the rows, beside what gives them. */
  insertion(plan: Plan | undefined, { verb, tables }: Change): Members {
    const table = { [verb]: true, table_name: tables[0], access_type: 'ALL' };
    if (plan === undefined) return { query_block: { select_id: ++this.#selects, table } };
    const { query_block } = this.block(plan);
    const { select_id, ...from } = query_block as Members;
    return { query_block: { select_id, table, insert_from: from } };
  }

  // -------------------------------------------------------------------------------------------------------------------
  // What is done to the rows of a block

  /** `above` is the place of the node above; `subqueries` takes those of the whole block. */
  #operations(plan: Plan, above: number, attached: Attached, subqueries: Members): Members {
    const inside = (input: Plan, place: number): Members => this.#operations(input, place, attached, subqueries);
    switch (plan.kind) {
      case 'project':
        return inside(plan.input, above);
      case 'filter':
        this.#reads([plan.condition], hasGroups(plan.input) ? 'having_subqueries' : 'attached_subqueries');
        if (!hasGroups(plan.input)) attached.conditions.push(plan.condition);
        return inside(plan.input, above);
      case 'apply': {
        const subquery = this.#subquery(plan);
        const place = this.#readers.get(plan.column.id) ?? 'select_list_subqueries';
        if (subquery !== undefined && place === 'attached_subqueries') attached.subqueries.push(subquery);
        else if (subquery !== undefined) subqueries[place] = [...((subqueries[place] as Members[]) ?? []), subquery];
        return inside(plan.input, above);
      }
      case 'oneRow':
      case 'values':
        return { message: 'No tables used' };
      case 'empty':
        return { message: 'Impossible WHERE' };
      case 'count':
        return { message: 'Select tables optimized away' };
      case 'setOperation':
        if (above >= PLACES.sort) return this.#setOperation(plan.operation, !plan.all, plan.inputs);
        break;
      case 'recursive':
        if (above >= PLACES.sort) return this.#recursive(plan.anchor, plan.step, plan.distinct);
        break;
      case 'limit':
        if (above > PLACES.limit) return inside(plan.input, PLACES.limit);
        break;
      case 'sort':
        if (above <= PLACES.sort) break;
        this.#reads(
          plan.keys.map(({ expression }) => expression),
          'order_by_subqueries',
        );
        return { ordering_operation: { using_filesort: true, ...inside(plan.input, PLACES.sort) } };
      case 'distinct':
        if (above <= PLACES.distinct) break;
        return { duplicates_removal: { ...TEMPORARY, ...inside(plan.input, PLACES.distinct) } };
      case 'window': {
        if (above < PLACES.window) break;
        const keys = [...plan.partition.map((expression) => ({ expression, descending: false })), ...plan.order];
        const functions = plan.calls.map(({ function: called }) =>
          called.kind === 'ranking' ? called.name : called.aggregate.name,
        );
        const window = {
          name: '<unnamed window>',
          using_filesort: keys.length > 0,
          ...(keys.length > 0 ? { filesort_key: keys.map(keyText) } : {}),
          functions,
        };
        return { windowing: { windows: [window], ...inside(plan.input, PLACES.window) } };
      }
      case 'aggregate':
        if (above <= PLACES.aggregate) break;
        this.#reads(
          plan.groups.map(({ expression }) => expression),
          'group_by_subqueries',
        );
        if (plan.groups.length === 0) return inside(plan.input, PLACES.aggregate);
        return { grouping_operation: { ...TEMPORARY, ...inside(plan.input, PLACES.aggregate) } };
      default:
        break;
    }
    const tables = this.#tables(plan, attached);
    if (tables.length === 1) return { table: tables[0] };
    return { nested_loop: tables.map((table) => ({ table })) };
  }

  #reads(expressions: readonly Expression[], place: SubqueryPlace): void {
    for (const id of columnsRead(...expressions)) if (!this.#readers.has(id)) this.#readers.set(id, place);
  }

  /** Nothing for a call that is only run as a query. */
  #subquery({ subquery }: ApplyPlan): Members | undefined {
    if (subquery.kind === 'values') return undefined;
    const dependent = outerColumns(subquery).size > 0;
    return { dependent, cacheable: !dependent, ...this.block(subquery) };
  }

  #setOperation(operation: 'union' | 'intersect' | 'except', isDistinct: boolean, inputs: readonly Plan[]): Members {
    const query_specifications = inputs.map((input) => ({ dependent: false, cacheable: true, ...this.block(input) }));
    return {
      [`${operation}_result`]: { using_temporary_table: isDistinct || operation !== 'union', query_specifications },
    };
  }

  #recursive(anchor: Plan, step: Plan, isDistinct: boolean): Members {
    const blocks = [this.block(anchor), this.block(step, { recursive: true })];
    const query_specifications = blocks.map((block) => ({ dependent: false, cacheable: true, ...block }));
    return { union_result: { using_temporary_table: isDistinct, query_specifications } };
  }

  // -------------------------------------------------------------------------------------------------------------------
  // Tables

  /** The tables of a join in the order in which they are read; what is attached goes to the last. */
  #tables(plan: Plan, attached: Attached): Members[] {
    switch (plan.kind) {
      case 'join':
        return this.#join(plan, attached);
      case 'filter':
        this.#reads([plan.condition], 'attached_subqueries');
        attached.conditions.push(plan.condition);
        return this.#tables(plan.input, attached);
      case 'project':
        return this.#tables(plan.input, attached);
      case 'apply': {
        const subquery = this.#subquery(plan);
        if (subquery !== undefined) attached.subqueries.push(subquery);
        return this.#tables(plan.input, attached);
      }
      case 'scan':
        return [this.#scan(plan, attached)];
      case 'virtual':
        return [this.#table({ table_name: plan.alias, access_type: 'ALL' }, plan, including(attached, plan.condition))];
      case 'computedRows':
        return [this.#table({ table_name: plan.name, access_type: 'ALL', table_function: plan.name }, plan, attached)];
      case 'workTable':
        return [this.#table({ table_name: '<recursive>', access_type: 'ALL' }, plan, attached)];
      default:
        return [this.#derived(plan, attached)];
    }
  }

  #join(plan: JoinPlan, attached: Attached): Members[] {
    const left = this.#tables(plan.left, nothing());
    const right = this.#tables(plan.right, nothing());
    const [first] = right;
    const last = right.at(-1)!;
    if (plan.strategy.kind === 'hash') first!['using_join_buffer'] = 'hash join';
    if (plan.strategy.kind === 'nestedLoop') first!['using_join_buffer'] = 'Block Nested Loop';
    if (plan.join === 'anti') last['not_exists'] = true;
    if (plan.join === 'semi') last['first_match'] = left.at(-1)!['table_name'];
    last['rows_produced_per_join'] = Math.round(this.#rowsOf(plan));
    attach(last, including(attached, plan.condition));
    return [...left, ...right];
  }

  #scan(plan: ScanPlan, attached: Attached): Members {
    const { access, source, columns } = plan;
    const { schema } = source.table;
    const examined = plan.estimate ?? this.#rowsOf({ ...plan, condition: undefined });
    const isWhole = access.ranges === undefined && access.matching === undefined;
    const keys = access.index?.columns ?? schema.primaryKey;
    const used = Math.max(0, ...(access.ranges ?? []).map(fieldsOf));
    const type = accessType(plan);
    const members = {
      ...(this.#change?.tables.includes(plan.alias) ? { [this.#change.verb]: true } : {}),
      table_name: plan.alias,
      access_type: type,
      ...(isWhole && access.index === undefined ? {} : { key: access.index?.name ?? 'PRIMARY' }),
      ...(used > 0 ? { used_key_parts: keys.slice(0, used).map((at) => schema.columns[at]!.name) } : {}),
      ...(/ref|const/.test(type) ? { ref: access.ranges![0]!.equal.map(({ value }) => refText(value)) } : {}),
      rows_examined_per_scan: Math.round(examined),
      rows_produced_per_join: Math.round(this.#rowsOf(plan)),
      filtered: (examined > 0 ? Math.min(100, (100 * this.#rowsOf(plan)) / examined) : 100).toFixed(2),
      ...(plan.reverse ? { backward_index_scan: true } : {}),
      ...(access.index !== undefined && access.covering ? { using_index: true } : {}),
      used_columns: columns.map(({ column }) => column.name),
    };
    attach(members, including(attached, plan.condition));
    return members;
  }

  #table(members: Members, plan: Plan, attached: Attached): Members {
    const table = { ...members, rows_produced_per_join: Math.round(this.#rowsOf(plan)) };
    attach(table, attached);
    return table;
  }

  /** A query in the place of a table; a common table that was met before is not told again. */
  #derived(plan: Plan, attached: Attached): Members {
    const known = plan.kind === 'shared' ? this.#shared.get(plan.share) : undefined;
    const select = known ?? this.#selects + 1;
    if (plan.kind === 'shared') this.#shared.set(plan.share, select);
    const dependent = outerColumns(plan).size > 0;
    const content = known === undefined ? this.block(plan.kind === 'shared' ? plan.input : plan) : {};
    const materialized =
      known === undefined
        ? { dependent, cacheable: !dependent, ...content }
        : { sharing_temporary_table_with: { select_id: known } };
    const members = {
      table_name: `<derived${select}>`,
      access_type: 'ALL',
      ...(idsOf(plan).size === 0 ? {} : { rows_examined_per_scan: Math.round(this.#rowsOf(plan)) }),
      materialized_from_subquery: materialized,
    };
    return this.#table(members, plan, attached);
  }
}

/** Rows wait in a hash table, not in a sorted file. */
const TEMPORARY = { using_temporary_table: true, using_filesort: false };

function including({ conditions, subqueries }: Attached, condition: Expression | undefined): Attached {
  return { conditions: condition === undefined ? conditions : [condition, ...conditions], subqueries };
}

function attach(table: Members, { conditions, subqueries }: Attached): void {
  const before = table['attached_condition'] as string | undefined;
  const texts = [...(before === undefined ? [] : [before]), ...conditions.map(describe)];
  if (texts.length === 1) table['attached_condition'] = texts[0];
  if (texts.length > 1) table['attached_condition'] = `(${texts.join(' and ')})`;
  if (subqueries.length > 0) table['attached_subqueries'] = subqueries;
}

/** Whether the rows are groups, as far as a condition or a subquery stands between. */
function hasGroups(plan: Plan): boolean {
  let node = plan;
  while (node.kind === 'filter' || node.kind === 'apply') node = node.input;
  return node.kind === 'aggregate';
}

/** MySQL's names for the ways to read a table. */
function accessType({ source, access: { index, ranges, matching } }: ScanPlan): string {
  if (matching !== undefined) return 'fulltext';
  if (ranges === undefined) return index === undefined ? 'ALL' : 'index';
  const [only] = ranges;
  if (only === undefined || ranges.length > 1 || only.from || only.to || only.equal.length === 0) return 'range';
  const isUnique = index === undefined || index.unique;
  const fields = index?.columns ?? source.table.schema.primaryKey;
  const isOne = isUnique && only.equal.length === fields.length && !only.equal.some(({ nullSafe }) => nullSafe);
  if (!isOne) return 'ref';
  return only.equal.every(({ value }) => isConstant(value)) ? 'const' : 'eq_ref';
}

const fieldsOf = ({ equal, from, to }: KeyRange): number => equal.length + (from || to ? 1 : 0);

const refText = (value: Expression): string => (isConstant(value) ? 'const' : describe(value));

const keyText = ({ expression, descending }: SortKey): string => `${describe(expression)}${descending ? ' desc' : ''}`;
