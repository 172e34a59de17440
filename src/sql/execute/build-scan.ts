/** From a scan of a plan to an operator on the table's trees. */
import { assert } from '../../base/errors.ts';
import { equalRange } from '../../prolly/key-range.ts';
import type { Entry } from '../../prolly/tree-map.ts';
import { cardinalityDecoder, indexColumnDecoder, rowColumnDecoder } from '../../table/row-codec.ts';
import type { IndexDefinition } from '../../table/schema.ts';
import type { Table } from '../../table/table.ts';
import { fieldEnd, fieldStart } from '../../tuple/tuple.ts';
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
import { type OpenTree, type RowLookup, Scan, type ScanRanges } from './scan.ts';

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
