/** From a scan of a plan to an operator on the table's trees. */
import { assert } from '../../base/errors.ts';
import type { Node } from '../../prolly/node.ts';
import type { Entry, TreeMap } from '../../prolly/tree-map.ts';
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
import { Scan } from './scan.ts';

function rangesOf(source: BaseTableSource, access: Access): { tree: TreeMap; ranges: IndexRanges | undefined } {
  const shape = indexShape(source, access.index);
  const outside = new Layout([]);
  const ranges = access.ranges && new IndexRanges(shape, access.ranges, (e) => outside.resolve(e));
  return { tree: shape.tree, ranges };
}

export function buildCount(plan: CountPlan): Operator {
  const { tree, ranges } = rangesOf(plan.source, plan.access);
  return new Count(tree, ranges);
}

export function buildScan(plan: ScanPlan): Operator {
  const { source, access } = plan;
  const { table } = source;
  const { schema, store } = table;
  const { tree, ranges } = rangesOf(source, access);
  const layout = new Layout(plan.columns.map((c) => c.column));
  const read = columnsRead(plan.condition);
  const direct = access.index !== undefined && access.covering && !schema.isKeyless ? access.index : undefined;
  return new Scan({
    tree,
    ranges,
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
function rowLookup(table: Table, index: IndexDefinition): (node: Node, index: number) => Entry {
  const { schema } = table;
  const columns = schema.indexKeyColumns(index);
  const fields = (schema.isKeyless ? [-1] : schema.primaryKey).map((column) => columns.indexOf(column));
  const builder = new TupleBuilder(schema.keyDescriptor, table.store);
  return (node, at) => {
    const { bytes } = node;
    const start = node.keyStart(at);
    const end = node.keyEnd(at);
    for (let f = 0; f < fields.length; f++) {
      const field = fields[f]!;
      builder.putEncoded(f, bytes, fieldStart(bytes, start, end, field), fieldEnd(bytes, start, end, field));
    }
    const length = builder.finish();
    const entry = table.rows.get(builder.bytes, 0, length);
    assert(entry, `index ${index.name} points to a row that is not there`);
    return entry;
  };
}
