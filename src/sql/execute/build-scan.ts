/** From a scan of a plan to an operator on the table's trees. */
import { assert } from '../../base/errors.ts';
import type { Entry } from '../../prolly/tree-map.ts';
import { cardinalityDecoder, indexColumnDecoder, rowColumnDecoder } from '../../table/row-codec.ts';
import type { IndexDefinition } from '../../table/schema.ts';
import type { Table } from '../../table/table.ts';
import { fieldEnd, fieldStart } from '../../tuple/tuple.ts';
import { TupleBuilder } from '../../tuple/tuple-builder.ts';
import type { BaseTableSource } from '../catalog/catalog.ts';
import { columnsRead } from '../plan/expression-tree.ts';
import { IndexRanges } from '../plan/index-ranges.ts';
import { indexShape } from '../plan/index-shape.ts';
import type { Access, CountPlan, ScanPlan } from '../plan/plan.ts';
import { Count } from './count.ts';
import { Layout } from './layout.ts';
import type { Operator } from './operator.ts';
import { type OpenTree, type RowLookup, Scan } from './scan.ts';

function rangesOf(source: BaseTableSource, access: Access): IndexRanges | undefined {
  const outside = new Layout([]);
  const { ranges, index } = access;
  return ranges && new IndexRanges(indexShape(source, index), ranges, (e) => outside.resolve(e));
}

/** The index (undefined: the clustered one) as an execution sees it. */
function treeOf(source: BaseTableSource, index: IndexDefinition | undefined): OpenTree {
  return (context) => {
    const table = context.tableOf(source);
    return { table, tree: index === undefined ? table.rows : table.index(index.name) };
  };
}

export function buildCount(plan: CountPlan): Operator {
  const { source, access } = plan;
  return new Count(treeOf(source, access.index), rangesOf(source, access));
}

export function buildScan(plan: ScanPlan): Operator {
  const { source, access } = plan;
  const { table } = source;
  const { schema, store } = table;
  const layout = new Layout(plan.columns.map((c) => c.column));
  const read = columnsRead(plan.condition);
  const direct = access.index !== undefined && access.covering && !schema.isKeyless ? access.index : undefined;
  return new Scan({
    open: treeOf(source, access.index),
    ranges: rangesOf(source, access),
    reverse: plan.reverse,
    decoders: plan.columns.map(({ ordinal }) => {
      if (direct === undefined) return rowColumnDecoder(schema, ordinal, store);
      const decoder = indexColumnDecoder(schema, direct, ordinal, store);
      assert(decoder, `index ${direct.name} does not cover column ${ordinal}`);
      return decoder;
    }),
    condition: plan.condition && layout.compileFilter(plan.condition),
    tested: plan.columns.map((c) => read.has(c.column.id)),
    cardinality: schema.isKeyless ? cardinalityDecoder(schema) : undefined,
    lookup: access.index && !direct ? rowLookup(table, access.index) : undefined,
  });
}

/** Finds the row of an index entry: its primary key's fields are among those of the entry. */
function rowLookup({ schema, store }: Table, index: IndexDefinition): RowLookup {
  const columns = schema.indexKeyColumns(index);
  const fields = (schema.isKeyless ? [-1] : schema.primaryKey).map((column) => columns.indexOf(column));
  const found = (entry: Entry | undefined): Entry => {
    assert(entry, `index ${index.name} points to a row that is not there`);
    return entry;
  };
  // A number or a date as the only field is compared without a look at what is behind it, so it may stay where it is.
  const { fields: keyFields, fixedOffsets } = schema.keyDescriptor;
  if (!schema.isKeyless && keyFields.length === 1 && fixedOffsets.length === 2) {
    const field = fields[0]!;
    return (table, node, at) => {
      const { bytes } = node;
      const start = node.keyStart(at);
      const end = node.keyEnd(at);
      return found(table.rows.get(bytes, fieldStart(bytes, start, end, field), fieldEnd(bytes, start, end, field)));
    };
  }
  const builder = new TupleBuilder(schema.keyDescriptor, store);
  return (table, node, at) => {
    const { bytes } = node;
    const start = node.keyStart(at);
    const end = node.keyEnd(at);
    for (let f = 0; f < fields.length; f++) {
      const field = fields[f]!;
      builder.putEncoded(f, bytes, fieldStart(bytes, start, end, field), fieldEnd(bytes, start, end, field));
    }
    const length = builder.finish();
    return found(table.rows.get(builder.bytes, 0, length));
  };
}
