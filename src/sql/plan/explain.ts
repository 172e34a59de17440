/** A plan as a tree for people: a line a node, children indented below their parent. */
import type { Expression } from '../expressions/expression.ts';
import { describeExpression as describe } from './describe-expression.ts';
import type { Access, KeyRange, Plan, SortKey } from './plan.ts';
import { childrenOf } from './plan-tree.ts';

/** `note` is what a line says of a node's rows; without it, scans tell how many entries they read. */
export function explain(plan: Plan, note?: (node: Plan) => string): string[] {
  const lines: string[] = [];
  const walk = (node: Plan, first: string, rest: string): void => {
    lines.push(first + titleOf(node, note === undefined) + (note?.(node) ?? ''));
    const children = childrenOf(node);
    const details = detailsOf(node);
    for (const detail of details) lines.push(`${rest}${children.length > 0 ? ' │  ' : '    '}${detail}`);
    children.forEach((child, i) => {
      const last = i === children.length - 1;
      walk(child, `${rest} ${last ? '└─ ' : '├─ '}`, `${rest} ${last ? '   ' : '│  '}`);
    });
  };
  walk(plan, '', '');
  return lines;
}

function titleOf(plan: Plan, withEntries: boolean): string {
  switch (plan.kind) {
    case 'oneRow':
      return 'OneRow';
    case 'empty':
      return 'Empty';
    case 'values':
      return `Values (${plan.rows.length} rows)`;
    case 'scan': {
      const { index } = plan.access;
      const how = plan.access.ranges === undefined ? 'Scan' : 'Range';
      const rows = !withEntries || plan.estimate === undefined ? '' : ` (${round(plan.estimate)} rows)`;
      const key = index ? ` by ${index.name}${plan.access.covering ? ', covering' : ''}` : '';
      return `${how} ${plan.source.name}${alias(plan.alias, plan.source.name)}${key}${plan.reverse ? ', backwards' : ''}${rows}`;
    }
    case 'virtual':
      return `Table ${plan.source.name}${alias(plan.alias, plan.source.name)}`;
    case 'computedRows':
      return `${plan.name.toUpperCase()} ${plan.args.map(describe).join(', ')}`;
    case 'count':
      return `Count ${plan.source.name} from the tree${plan.access.index ? ` of ${plan.access.index.name}` : ''}`;
    case 'filter':
      return 'Filter';
    case 'project':
      return `Project ${plan.computed.map((c) => describe(c.expression)).join(', ')}`;
    case 'aggregate':
      return plan.groups.length === 0
        ? 'Aggregate'
        : `Group by ${list(plan.groups.map((g) => g.expression))}${plan.rollup ? ' with rollup' : ''}`;
    case 'window':
      return 'Window';
    case 'sort':
      return `${plan.limit ? `First ${describe(plan.limit.count)} by` : 'Sort by'} ${sortKeys(plan.keys)}`;
    case 'limit':
      return `Limit ${plan.count ? describe(plan.count) : ''}${plan.offset ? ` offset ${describe(plan.offset)}` : ''}`;
    case 'distinct':
      return 'Distinct';
    case 'join':
      return `${joinName(plan.join)} (${strategyName(plan.strategy.kind)})`;
    case 'apply':
      return `Subquery ${plan.mode.kind}`;
    case 'setOperation':
      return `${plan.operation}${plan.all ? ' all' : ''}`;
    case 'recursive':
      return 'Recursive';
    case 'workTable':
      return 'Rows of the round before';
    case 'shared':
      return `Common table ${plan.share}`;
  }
}

function detailsOf(plan: Plan): string[] {
  switch (plan.kind) {
    case 'scan':
      return [...rangeLines(plan.access), ...(plan.condition ? [`where ${describe(plan.condition)}`] : [])];
    case 'count':
      return rangeLines(plan.access);
    case 'virtual':
      return plan.condition ? [`where ${describe(plan.condition)}`] : [];
    case 'filter':
      return [`where ${describe(plan.condition)}`];
    case 'aggregate':
      return plan.aggregates.map((a) => `${a.aggregate.name}(${list(a.aggregate.args)})`);
    case 'join':
      return plan.condition ? [`on ${describe(plan.condition)}`] : [];
    default:
      return [];
  }
}

function rangeLines({ ranges, matching }: Access): string[] {
  if (matching) return [`rows with words of ${describe(matching.words)}`];
  if (!ranges) return [];
  if (ranges.length > 8) return [`${ranges.length} ranges`];
  return ranges.map((range) => `range ${rangeText(range)}`);
}

function rangeText({ equal, from, to, notNull }: KeyRange): string {
  const parts = equal.map((e) => `= ${describe(e.value)}`);
  const ends = [
    ...(from ? [`${from.inclusive ? '>=' : '>'} ${describe(from.value)}`] : []),
    ...(to ? [`${to.inclusive ? '<=' : '<'} ${describe(to.value)}`] : []),
  ];
  if (ends.length > 0) parts.push(ends.join(' and '));
  else if (notNull) parts.push('is not null');
  return parts.join(', ');
}

const alias = (name: string, table: string): string => (name === table ? '' : ` as ${name}`);
const list = (expressions: readonly Expression[]): string => expressions.map(describe).join(', ');
const sortKeys = (keys: readonly SortKey[]): string =>
  keys.map((k) => `${describe(k.expression)}${k.descending ? ' desc' : ''}`).join(', ');
const round = (rows: number): string => String(Math.round(rows * 10) / 10);

function joinName(kind: 'inner' | 'left' | 'semi' | 'anti'): string {
  return { inner: 'Join', left: 'Left join', semi: 'Semi join', anti: 'Anti join' }[kind];
}

function strategyName(kind: 'nestedLoop' | 'dependent' | 'hash'): string {
  return { nestedLoop: 'all with all', dependent: 'for each left row', hash: 'hash' }[kind];
}
