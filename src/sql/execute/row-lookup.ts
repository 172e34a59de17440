/** From entries of an index to the rows that they point to: a batch at a time, in the order of the entries. */
import { assert } from '../../base/errors.ts';
import type { Node } from '../../prolly/node.ts';
import { isSearched, type KeyNumber, NumberSearch } from '../../prolly/number-search.ts';
import type { Entry, LeafRun } from '../../prolly/tree-map.ts';
import type { IndexDefinition } from '../../table/schema.ts';
import type { Table } from '../../table/table.ts';
import { fieldEnd, fieldStart } from '../../tuple/tuple.ts';
import { TupleBuilder } from '../../tuple/tuple-builder.ts';
import { BATCH_SIZE } from '../expressions/batch.ts';

/** The rows of the entries of `runs`, each a run of its own, the last first where `reverse`. */
export type RowLookup = (table: Table, runs: readonly LeafRun[], reverse: boolean) => LeafRun[];

/** Fewer are looked up one by one. */
const MANY = 8;

/** An entry holds the primary key's fields, or a keyless row's. */
export function rowLookup({ schema, store }: Table, index: IndexDefinition): RowLookup {
  const columns = schema.indexKeyColumns(index);
  const fields = (schema.isKeyless ? [-1] : schema.primaryKey).map((column) => columns.indexOf(column));
  // A number or a date as the only field is compared without a look at what is behind it, so it may stay where it is.
  const { fields: keyFields, fixedOffsets } = schema.keyDescriptor;
  const isPlain = !schema.isKeyless && keyFields.length === 1 && fixedOffsets.length === 2;
  const one = isPlain ? inPlace(fields[0]!) : copied(new TupleBuilder(schema.keyDescriptor, store), fields);
  const oneByOne: RowLookup = (table, runs, reverse) =>
    eachEntry(runs, reverse, (node, at) => {
      const entry = one(table, node, at);
      assert(entry, `index ${index.name} points to a row that is not there`);
      return { node: entry.node, from: entry.index, to: entry.index + 1 };
    });
  if (!isPlain) return oneByOne;
  const field = fields[0]!;
  return (table, runs, reverse) => manyRows(field, table, runs, reverse) ?? oneByOne(table, runs, reverse);
}

function eachEntry<T>(runs: readonly LeafRun[], reverse: boolean, visit: (node: Node, at: number) => T): T[] {
  const found: T[] = [];
  for (const { node, from, to } of runs) {
    if (reverse) for (let at = to - 1; at >= from; at--) found.push(visit(node, at));
    else for (let at = from; at < to; at++) found.push(visit(node, at));
  }
  return found;
}

type OneRow = (table: Table, node: Node, at: number) => Entry | undefined;

function inPlace(field: number): OneRow {
  return (table, node, at) => {
    const { bytes } = node;
    const start = node.keyStart(at);
    const end = node.keyEnd(at);
    return table.rows.get(bytes, fieldStart(bytes, start, end, field), fieldEnd(bytes, start, end, field));
  };
}

function copied(builder: TupleBuilder, fields: readonly number[]): OneRow {
  return (table, node, at) => {
    const { bytes } = node;
    const start = node.keyStart(at);
    const end = node.keyEnd(at);
    for (let f = 0; f < fields.length; f++) {
      const field = fields[f]!;
      builder.putEncoded(f, bytes, fieldStart(bytes, start, end, field), fieldEnd(bytes, start, end, field));
    }
    const length = builder.finish();
    return table.rows.get(builder.bytes, 0, length);
  };
}

/** What look-ups of many rows work with: one for all of them, as each is over before the next begins. */
class Workplace {
  readonly wanted = new Float64Array(BATCH_SIZE);
  readonly search = new NumberSearch(BATCH_SIZE);
}

let workplace: Workplace | undefined;

/** Rows whose key is one number, together. Undefined, and nothing is looked up, where that is of no use. */
function manyRows(field: number, table: Table, runs: readonly LeafRun[], reverse: boolean): LeafRun[] | undefined {
  const { rows } = table;
  const { number } = rows.format;
  let count = 0;
  for (const { from, to } of runs) count += to - from;
  if (number === undefined || count < MANY || count > BATCH_SIZE) return undefined;
  workplace ??= new Workplace();
  const { wanted, search } = workplace;
  if (!readNumbers(field, runs, reverse, number, wanted)) return undefined;
  search.find(rows.store, rows.root, number, wanted, count);
  const found = new Array<LeafRun>(count);
  let isWhole = true;
  for (let i = 0; i < count; i++) {
    const node = search.nodes[i];
    const index = search.indexes[i]!;
    if (node !== undefined) found[i] = { node, from: index, to: index + 1 };
    else isWhole = false;
  }
  search.forget(count);
  return isWhole ? found : undefined;
}

/** False where a number is too large to be compared. */
function readNumbers(
  field: number,
  runs: readonly LeafRun[],
  reverse: boolean,
  number: KeyNumber,
  into: Float64Array,
): boolean {
  let i = 0;
  for (const { node, from, to } of runs) {
    const { bytes } = node;
    for (let at = from; at < to; at++) {
      const entry = reverse ? to - 1 - (at - from) : at;
      const value = number(bytes, fieldStart(bytes, node.keyStart(entry), node.keyEnd(entry), field));
      if (!isSearched(value)) return false;
      into[i++] = value;
    }
  }
  return true;
}
