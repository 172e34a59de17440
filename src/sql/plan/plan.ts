/**
 * The plan of a query: a readonly tree. The binder makes it, optimizer passes rewrite it, the executor builds
 * operators from it; running state lives beside it, so one plan may run many times, also at the same time.
 *
 * Every column that any node makes has an id of its own, unique in the statement, and expressions name columns by id
 * (`{ kind: 'column', index: id }`). A pass may therefore move an expression to any node whose input still makes
 * the ids it reads, without renumbering. Positions in a batch are worked out when operators are built. An id that no
 * input makes belongs to an enclosing query: it is read from `context.slots[id]`, which the enclosing node sets.
 */
import type { FullTextSearch } from '../../table/full-text/full-text-search.ts';
import type { IndexDefinition } from '../../table/schema.ts';
import type { Value } from '../../tuple/value.ts';
import type { BaseTableSource, VirtualSource } from '../catalog/catalog.ts';
import type { Expression } from '../expressions/expression.ts';
import type { BoundAggregate } from '../functions/aggregate-function.ts';
import type { ConvertScene } from '../types/convert.ts';
import type { SqlType } from '../types/sql-type.ts';

export type ColumnId = number;

export interface PlanColumn {
  readonly id: ColumnId;
  readonly name: string;
  readonly type: SqlType;
  readonly nullable: boolean;
}

/** A column that a node computes. A column passed on keeps its id: `{ column: c, expression: column c }`. */
export interface Computed {
  readonly column: PlanColumn;
  readonly expression: Expression;
}

export interface SortKey {
  readonly expression: Expression;
  readonly descending: boolean;
}

/** A column of a table that a scan reads. */
export interface ScanColumn {
  /** Position in the source's columns. */
  readonly ordinal: number;
  readonly column: PlanColumn;
}

/** A virtual column that an index has: what an expression over the scan's stored columns gives, as index keys hold it. */
export interface IndexedExpression extends ScanColumn {
  /** The `expressionKey` of the expression. */
  readonly key: string;
}

export interface RangeEnd {
  readonly value: Expression;
  readonly inclusive: boolean;
}

/**
 * Entries of an index whose first `equal.length` fields equal the values and whose next field lies between the ends.
 * Values have the fields' types; a NULL value matches nothing unless its `nullSafe` says so. A missing end is open, but
 * with `notNull` the range starts after the NULLs, which come first in an index.
 */
export interface KeyRange {
  readonly equal: readonly { readonly value: Expression; readonly nullSafe: boolean }[];
  readonly from?: RangeEnd | undefined;
  readonly to?: RangeEnd | undefined;
  readonly notNull: boolean;
}

/** How a scan reads its table. `index` undefined is the clustered index. */
export interface Access {
  readonly index: IndexDefinition | undefined;
  /** Undefined: everything. Ranges may overlap and come in any order: the executor merges them. */
  readonly ranges: readonly KeyRange[] | undefined;
  /** Every column that is read is in the index's keys. Always true of the clustered index. */
  readonly covering: boolean;
  /** Only rows that have one of the words, as a full-text index knows; in place of ranges. */
  readonly matching?: Matching | undefined;
}

export interface Matching {
  readonly search: FullTextSearch;
  readonly words: Expression;
}

export interface OneRowPlan {
  readonly kind: 'oneRow';
}
export interface EmptyPlan {
  readonly kind: 'empty';
  readonly columns: readonly PlanColumn[];
}
export interface ValuesPlan {
  readonly kind: 'values';
  readonly columns: readonly PlanColumn[];
  readonly rows: readonly (readonly Expression[])[];
}
export interface ScanPlan {
  readonly kind: 'scan';
  readonly source: BaseTableSource;
  readonly alias: string;
  readonly columns: readonly ScanColumn[];
  /** Expressions that indexes can serve. */
  readonly indexed?: readonly IndexedExpression[] | undefined;
  readonly access: Access;
  /** Over `columns`. */
  readonly condition: Expression | undefined;
  readonly reverse: boolean;
  /** USE/FORCE INDEX and IGNORE INDEX, by name. */
  readonly hints?: { readonly only?: readonly string[]; readonly ignore?: readonly string[] } | undefined;
  /** Exact or estimated entries that the ranges hold. */
  readonly estimate?: number | undefined;
}
export interface VirtualPlan {
  readonly kind: 'virtual';
  readonly source: VirtualSource;
  readonly alias: string;
  readonly columns: readonly ScanColumn[];
  /** Handed to the source; what it may or may not use is applied again by `condition`. */
  readonly equalities: readonly { readonly ordinal: number; readonly values: readonly Expression[] }[];
  readonly condition: Expression | undefined;
}
/** Rows that a function makes of its arguments, which may read the tables to its left: JSON_TABLE. */
export interface ComputedRowsPlan {
  readonly kind: 'computedRows';
  readonly name: string;
  readonly args: readonly Expression[];
  readonly rowsOf: (args: readonly Value[], scene: ConvertScene) => Iterable<readonly Value[]>;
  readonly columns: readonly PlanColumn[];
}
/** The exact number of rows in ranges of an index, from subtree counts. */
export interface CountPlan {
  readonly kind: 'count';
  readonly source: BaseTableSource;
  readonly access: Access;
  readonly column: PlanColumn;
}
export interface FilterPlan {
  readonly kind: 'filter';
  readonly input: Plan;
  readonly condition: Expression;
}
/** Its columns are exactly `computed`, in this order. */
export interface ProjectPlan {
  readonly kind: 'project';
  readonly input: Plan;
  readonly computed: readonly Computed[];
}
export interface AggregateCall {
  readonly column: PlanColumn;
  readonly aggregate: BoundAggregate;
}
/** Columns: groups, then aggregates. Without groups there is exactly one row. */
export interface AggregatePlan {
  readonly kind: 'aggregate';
  readonly input: Plan;
  readonly groups: readonly Computed[];
  readonly aggregates: readonly AggregateCall[];
  /** WITH ROLLUP: also the totals over ever shorter prefixes of the groups. */
  readonly rollup: boolean;
  /** With rollup, a column that holds a bit for each group (the first the highest) that is rolled up: GROUPING(). */
  readonly grouping?: PlanColumn | undefined;
}
export type FrameUnit = 'rows' | 'range' | 'groups';
export type FrameEnd =
  | { readonly kind: 'unboundedPreceding' | 'currentRow' | 'unboundedFollowing' }
  | { readonly kind: 'preceding' | 'following'; readonly offset: Expression }
  /** RANGE with an interval: for each row the ORDER BY key up to which the frame reaches, NULL for the row's peers. */
  | { readonly kind: 'preceding' | 'following'; readonly limit: Expression };
export interface Frame {
  readonly unit: FrameUnit;
  readonly from: FrameEnd;
  readonly to: FrameEnd;
}
export type RankingFunction =
  | 'row_number'
  | 'rank'
  | 'dense_rank'
  | 'percent_rank'
  | 'cume_dist'
  | 'ntile'
  | 'lag'
  | 'lead'
  | 'first_value'
  | 'last_value'
  | 'nth_value';
export interface WindowCall {
  readonly column: PlanColumn;
  readonly function:
    | { readonly kind: 'ranking'; readonly name: RankingFunction; readonly args: readonly Expression[] }
    | { readonly kind: 'aggregate'; readonly aggregate: BoundAggregate };
  /** Undefined: the whole partition. */
  readonly frame: Frame | undefined;
}
/** Columns: the input's, then the calls'. All calls share one partitioning and order. */
export interface WindowPlan {
  readonly kind: 'window';
  readonly input: Plan;
  readonly partition: readonly Expression[];
  readonly order: readonly SortKey[];
  readonly calls: readonly WindowCall[];
}
/** Stable. With `limit` (rows after the offset are counted in), only the first rows are kept. */
export interface SortPlan {
  readonly kind: 'sort';
  readonly input: Plan;
  readonly keys: readonly SortKey[];
  readonly limit?: { readonly count: Expression; readonly offset: Expression | undefined } | undefined;
}
export interface LimitPlan {
  readonly kind: 'limit';
  readonly input: Plan;
  readonly count: Expression | undefined;
  readonly offset: Expression | undefined;
}
export interface DistinctPlan {
  readonly kind: 'distinct';
  readonly input: Plan;
}

export type JoinKind = 'inner' | 'left' | 'semi' | 'anti';
/** Both sides of an equality, and the type in which they are compared. NULL equals nothing. */
export interface EqualityKey {
  readonly left: Expression;
  readonly right: Expression;
  readonly domain: SqlType;
}
export type JoinStrategy =
  /** The right side is kept in memory and met by every left row. */
  | { readonly kind: 'nestedLoop' }
  /** The right side is run again for each left row, with the left columns in slots: LATERAL, index lookups. */
  | { readonly kind: 'dependent' }
  /** Right rows in a hash table by their keys; `residual` decides among rows of equal keys. */
  | {
      readonly kind: 'hash';
      readonly keys: readonly EqualityKey[];
      readonly residual: Expression | undefined;
    };
/**
 * Columns: left, then right (left only for semi and anti). `condition` is the whole ON condition (for `dependent` joins
 * what the right side does not already apply itself).
 */
export interface JoinPlan {
  readonly kind: 'join';
  readonly join: JoinKind;
  readonly left: Plan;
  readonly right: Plan;
  readonly condition: Expression | undefined;
  readonly strategy: JoinStrategy;
  /** STRAIGHT_JOIN: the order stays. */
  readonly straight?: boolean;
}

export type ApplyMode =
  /** The value of the only row, NULL without one; more than one row is error 1242. */
  | { readonly kind: 'scalar' }
  | { readonly kind: 'exists' }
  /** `left operator ANY/ALL (subquery)`: IN is `= ANY`, NOT IN is `<> ALL`. `right` are the subquery's columns. */
  | {
      readonly kind: 'quantified';
      readonly quantifier: 'any' | 'all';
      /** The comparison of the outer operands with one row of the subquery; reads columns of both. */
      readonly condition: Expression;
      /** Given when the condition is a conjunction of equalities: outer operands left, the subquery's right. */
      readonly keys?: readonly EqualityKey[] | undefined;
    };
/** A subquery in an expression: columns are the input's and `column`, which holds its value for each row. */
export interface ApplyPlan {
  readonly kind: 'apply';
  readonly input: Plan;
  readonly subquery: Plan;
  readonly column: PlanColumn;
  readonly mode: ApplyMode;
}

/** `inputs[i]`'s columns line up with `columns` by position and have their types already. */
export interface SetOperationPlan {
  readonly kind: 'setOperation';
  readonly operation: 'union' | 'intersect' | 'except';
  readonly all: boolean;
  readonly inputs: readonly Plan[];
  readonly columns: readonly PlanColumn[];
}
/** WITH RECURSIVE: `step` runs on the rows of the round before (its `workTable`) until a round adds none. */
export interface RecursivePlan {
  readonly kind: 'recursive';
  readonly work: number;
  readonly anchor: Plan;
  readonly step: Plan;
  readonly distinct: boolean;
  readonly columns: readonly PlanColumn[];
}
export interface WorkTablePlan {
  readonly kind: 'workTable';
  readonly work: number;
  readonly columns: readonly PlanColumn[];
}
/** A common table expression that is read more than once: run once, its rows kept. All uses share `input`. */
export interface SharedPlan {
  readonly kind: 'shared';
  readonly share: number;
  readonly input: Plan;
  readonly columns: readonly PlanColumn[];
}

export type Plan =
  | OneRowPlan
  | EmptyPlan
  | ValuesPlan
  | ScanPlan
  | VirtualPlan
  | ComputedRowsPlan
  | CountPlan
  | FilterPlan
  | ProjectPlan
  | AggregatePlan
  | WindowPlan
  | SortPlan
  | LimitPlan
  | DistinctPlan
  | JoinPlan
  | ApplyPlan
  | SetOperationPlan
  | RecursivePlan
  | WorkTablePlan
  | SharedPlan;
