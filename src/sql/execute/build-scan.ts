/** From a scan of a plan to an operator on the table's trees. */
import { assert } from '../../base/errors.ts';
import { equalRange } from '../../prolly/key-range.ts';
import { cardinalityDecoder, indexColumnDecoder, rowColumnDecoder } from '../../table/row-codec.ts';
import type { IndexDefinition } from '../../table/schema.ts';
import { TupleBuilder } from '../../tuple/tuple-builder.ts';
import type { BaseTableSource } from '../catalog/catalog.ts';
import { ONE_ROW } from '../expressions/batch.ts';
import { columnsRead } from '../plan/expression-tree.ts';
import { IndexRanges } from '../plan/index-ranges.ts';
import { indexShape } from '../plan/index-shape.ts';
import type { Access, CountPlan, Matching, ScanPlan } from '../plan/plan.ts';
import { Count } from './count.ts';
import { Layout } from './layout.ts';
import type { Operator } from './operator.ts';
import { rowLookup } from './row-lookup.ts';
import { type OpenTree, Scan, type ScanRanges } from './scan.ts';

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
    ranges: access.matching ? matchingRanges(source, access.matching) : rangesOf(source, access),
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

/** The keys of the rows that a full-text index finds. */
function matchingRanges(source: BaseTableSource, { search, words }: Matching): ScanRanges {
  const { index, width } = search.rowIndex!;
  const { descriptor, tree } = indexShape(source, index);
  const evaluate = new Layout([]).compile(words);
  const compare = width === descriptor.fields.length ? undefined : descriptor.comparePrefix(width);
  const order = compare ?? descriptor.compare;
  const builder = new TupleBuilder(descriptor, tree.store);
  return {
    evaluate: (context) => {
      const given = evaluate(ONE_ROW, 0, context);
      if (given === null) return [];
      const keys = Array.from(search.keys(String(given)), (values) => {
        values.forEach((value, field) => void builder.put(field, value));
        return builder.build();
      });
      keys.sort((a, b) => order(a, 0, a.length, b, 0, b.length));
      const distinct = keys.filter((key, i) => {
        const last = keys[i - 1];
        return last === undefined || order(last, 0, last.length, key, 0, key.length) !== 0;
      });
      return distinct.map((key) => equalRange(key, compare));
    },
  };
}
