/**
 * The plan of a rebase: which commits are replayed, in which order and how. While the rebase runs it is the table
 * `dolt_rebase` of its branch, for the user to change; it is ignored, and so never part of a commit.
 */
import { DoltError } from '../base/errors.ts';
import { decodeRowAt } from '../table/row-codec.ts';
import { type ColumnDefinition, newColumn, TableSchema } from '../table/schema.ts';
import type { Table } from '../table/table.ts';
import { TableBuilder } from '../table/table-builder.ts';
import { DEFAULT_COLLATION_ID } from '../tuple/collation.ts';
import { Encoding } from '../tuple/encoding.ts';
import type { RootValue } from './root-value.ts';

const REBASE_TABLE = 'dolt_rebase';

/** In the order of the column's members. */
const ACTIONS = ['drop', 'pick', 'reword', 'squash', 'fixup', 'edit'] as const;
export type RebaseAction = (typeof ACTIONS)[number];

export const isRebaseAction = (text: string): text is RebaseAction => (ACTIONS as readonly string[]).includes(text);

export interface RebaseStep {
  /** With two digits after the point: between any two steps there is room for others. */
  readonly order: number;
  readonly action: RebaseAction;
  /** As the user wrote it. */
  readonly commit: string;
  readonly message: string;
}

const column = (name: string, tag: number, sqlType: string, encoding: Encoding): ColumnDefinition =>
  newColumn({ name, tag, sqlType, encoding, nullable: false });

/** No table of a user has these tags, which would let a merge take one for the other. */
const FIRST_TAG = 2 ** 51 + 7000;

const SCHEMA = new TableSchema({
  columns: [
    column('rebase_order', FIRST_TAG, 'decimal(6,2)', Encoding.decimal),
    column('action', FIRST_TAG + 1, `enum(${ACTIONS.map((action) => `'${action}'`).join(',')})`, Encoding.enum),
    column('commit_hash', FIRST_TAG + 2, 'text', Encoding.stringAdaptive),
    column('commit_message', FIRST_TAG + 3, 'text', Encoding.stringAdaptive),
  ],
  primaryKey: [0],
  indexes: [],
  checks: [],
  collation: DEFAULT_COLLATION_ID,
  comment: '',
});

/** The root with the plan in it. */
export function withRebasePlan(root: RootValue, steps: readonly RebaseStep[]): RootValue {
  const builder = new TableBuilder(root.nodes, SCHEMA);
  for (const { order, action, commit, message } of steps) {
    builder.append([Math.round(order * 100), ACTIONS.indexOf(action) + 1, commit, message]);
  }
  return root.withTable(REBASE_TABLE, builder.finish());
}

/** The steps in their order. Throws where the plan, or what it needs, is gone. */
export function readRebasePlan(root: RootValue): RebaseStep[] {
  const table = root.table(REBASE_TABLE);
  if (table === undefined) throw new DoltError('notFound', `unable to find ${REBASE_TABLE} table`);
  return Array.from(rowsOf(table), ([order, action, commit, message]) => ({
    order: Number(order) / 100,
    action: ACTIONS[Number(action) - 1]!,
    commit: String(commit),
    message: String(message),
  }));
}

function* rowsOf(table: Table) {
  const { schema } = table;
  const at = SCHEMA.columns.map(({ name }) => schema.columnPosition(name));
  for (const { node, from, to } of table.rows.scan()) {
    for (let i = from; i < to; i++) {
      const row = decodeRowAt(schema, node, i, table.store);
      yield at.map((position) => row[position]);
    }
  }
}
