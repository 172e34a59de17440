import { describe, expect, test } from 'vitest';
import { MemoryChunkStore } from '../../src/chunks/memory-chunk-store.ts';
import { NodeStore } from '../../src/prolly/node-store.ts';
import { DuplicateKeyError } from '../../src/table/duplicate-key-error.ts';
import { decodeRowAt } from '../../src/table/row-codec.ts';
import type { Row } from '../../src/table/row-encoder.ts';
import type { TableSchema } from '../../src/table/schema.ts';
import { Table } from '../../src/table/table.ts';
import { TableBuilder } from '../../src/table/table-builder.ts';
import { TableEditor } from '../../src/table/table-editor.ts';
import { collationByName } from '../../src/tuple/collation.ts';
import { compareValues, type Value } from '../../src/tuple/value.ts';
import fc from '../fast-check.ts';
import { column, Encoding, index, schema } from './schemas.ts';

const CI = 'varchar(20) COLLATE utf8mb4_0900_ai_ci';

const keyed = schema(
  [
    column('id', 'int', Encoding.int32, { nullable: false }),
    column('name', CI, Encoding.string),
    column('body', 'text', Encoding.stringAdaptive),
    column('price', 'decimal(10,2)', Encoding.decimal),
    column('raw', 'varbinary(20)', Encoding.bytes),
    column('seen', 'datetime(6)', Encoding.datetime),
  ],
  [0],
  [
    index('by_name', [1, 3]),
    index('u_body', [2], { unique: true }),
    index('u_raw', [4, 0], { unique: true, prefixLengths: [2, 0] }),
    index('a_prefix', [2], { prefixLengths: [3] }),
    index('u_seen_name', [5, 1], { unique: true }),
  ],
);

const textKey = schema(
  [
    column('a', CI, Encoding.string, { nullable: false }),
    column('n', 'bigint', Encoding.int64),
    column('b', 'varchar(10)', Encoding.string, { nullable: false }),
  ],
  [2, 0],
  [index('i_n', [1]), index('u_a', [0], { unique: true })],
);

const keyless = schema(
  [
    column('x', 'int', Encoding.int32),
    column('y', 'varchar(10)', Encoding.string),
    column('t', 'text', Encoding.stringAdaptive),
  ],
  [],
  [index('i_y', [1]), index('u_x', [0], { unique: true })],
);

const keylessPlain = schema(
  [column('x', 'int', Encoding.int32), column('y', CI, Encoding.string)],
  [],
  [index('i_y', [1])],
);

const short = fc.constantFrom<Value>(null, 'a', 'A', 'ä', 'b', 'B', 'abc', 'abd', '');
const body = fc.oneof(
  short,
  fc.constantFrom('x', 'y').chain((c) => fc.constantFrom(2000, 2030, 2047, 2048, 4100).map((n) => c.repeat(n))),
);
const bytes = fc.option(fc.uint8Array({ maxLength: 3 }).map((b) => b.map((x) => x % 2)));
const money = fc.option<Value>(fc.integer({ min: -2, max: 2 }));
const time = fc.option(fc.constantFrom<Value>(0, 1, -1, 1600000000000000));

const rowsOf = new Map<TableSchema, fc.Arbitrary<Row>>([
  [keyed, fc.tuple(fc.integer({ min: -3, max: 12 }), short, body, money, bytes, time)],
  [
    textKey,
    fc.tuple(
      short.filter((v) => v !== null),
      money,
      short.filter((v) => v !== null),
    ),
  ],
  [keyless, fc.tuple(fc.option<Value>(fc.integer({ min: 0, max: 5 })), short, body)],
  [keylessPlain, fc.tuple(fc.option<Value>(fc.integer({ min: 0, max: 2 })), short)],
]);

const newStore = (): NodeStore => new NodeStore(new MemoryChunkStore());

/** Whether two values are equal as key values of a column. */
function equalIn(table: TableSchema, position: number, prefix: number, a: Value, b: Value): boolean {
  const { sqlType } = table.columns[position]!;
  if (prefix > 0)
    return (
      Buffer.compare(Buffer.from(a as string).subarray(0, prefix), Buffer.from(b as string).subarray(0, prefix)) === 0
    );
  if (sqlType === CI) return collationByName('utf8mb4_0900_ai_ci')!.compare(a as string, b as string) === 0;
  return compareValues(a, b) === 0;
}

/** What `insert(row)` hits, naively. */
function hits(
  table: TableSchema,
  rows: readonly Row[],
  row: Row,
  self = -1,
): { readonly index: string; readonly row: Row } | undefined {
  const keys = [
    ...(table.isKeyless
      ? []
      : [{ name: 'PRIMARY', columns: table.primaryKey, prefixLengths: [] as readonly number[] }]),
    ...table.indexes.filter((i) => i.unique),
  ];
  for (const { name, columns, prefixLengths } of keys) {
    if (columns.some((c) => row[c] === null)) continue;
    const found = rows.find(
      (other, i) =>
        i !== self &&
        columns.every((c, k) => other[c] !== null && equalIn(table, c, prefixLengths[k] ?? 0, row[c]!, other[c]!)),
    );
    if (found) return { index: name, row: found };
  }
  return undefined;
}

function build(store: NodeStore, table: TableSchema, rows: readonly Row[]): Table {
  const builder = new TableBuilder(store, table);
  for (const row of rows) builder.append(row);
  return builder.finish();
}

function contents(table: Table): Value[][] {
  const rows: Value[][] = [];
  for (const { node, from, to } of table.rows.scan()) {
    for (let i = from; i < to; i++) rows.push(decodeRowAt(table.schema, node, i, table.store));
  }
  return rows;
}

type Edit = { readonly kind: 'insert' | 'update' | 'delete' | 'flush'; readonly row: Row; readonly pick: number };

const names = new Map([
  [keyed, 'keyed'],
  [textKey, 'text key'],
  [keyless, 'keyless'],
  [keylessPlain, 'keyless, equal rows'],
]);

describe.each([...names].map(([table, name]) => ({ name, table })))('$name', ({ table }) => {
  const row = rowsOf.get(table)!;
  const edit: fc.Arbitrary<Edit> = fc.record({
    kind: fc.constantFrom('insert', 'insert', 'insert', 'update', 'delete', 'flush'),
    row,
    pick: fc.nat(),
  });

  test('edits give what a table built from the resulting rows is', () => {
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 60 }), fc.array(row, { maxLength: 10 }), (edits, first) => {
        const store = newStore();
        const model: Row[] = [];
        for (const each of first) if (!hits(table, model, each)) model.push(each);
        const base = build(store, table, model);
        expect(build(store, table, [...model].reverse()).write()).toBe(base.write());
        let editor = new TableEditor(Table.open(store, base.write()));
        for (const { kind, row: next, pick } of edits) {
          const at = model.length === 0 ? -1 : pick % model.length;
          if (kind === 'flush') {
            editor = pick % 2 === 0 ? editor : new TableEditor(editor.finish());
            editor.finish();
          } else if (kind === 'insert') {
            const hit = hits(table, model, next);
            const collisions = editor.collisions(next);
            if (hit) {
              expect(() => editor.insert(next)).toThrow(DuplicateKeyError);
              try {
                editor.insert(next);
              } catch (error) {
                expect((error as DuplicateKeyError).index).toBe(hit.index);
                if (!table.isKeyless) expect((error as DuplicateKeyError).existing).toEqual(hit.row);
              }
              expect(collisions[0]).toEqual(hit.row);
            } else {
              expect(collisions).toEqual([]);
              editor.insert(next);
              model.push(next);
            }
          } else if (at < 0) continue;
          else if (kind === 'delete') {
            expect(editor.delete(model[at]!)).toBe(true);
            model.splice(at, 1);
          } else {
            const hit = hits(table, model, next, at);
            if (hit) expect(() => editor.update(model[at]!, next)).toThrow(DuplicateKeyError);
            else {
              editor.update(model[at]!, next);
              model[at] = next;
            }
          }
        }
        const result = editor.finish();
        const rebuilt = build(store, table, model);
        expect(result.rows.address).toBe(rebuilt.rows.address);
        for (const { name } of table.indexes)
          expect(result.index(name).address, name).toBe(rebuilt.index(name).address);
        expect(result.with({ autoIncrement: 0 }).write()).toBe(rebuilt.write());
        if (!table.isKeyless) expect(contents(result).length).toBe(model.length);
      }),
      { numRuns: 60 },
    );
  });
});

test('a row of a key that is there, whatever its spelling', () => {
  const store = newStore();
  const editor = new TableEditor(Table.create(store, textKey));
  editor.insert(['Ab', 1, 'k']);
  expect(editor.get(['k', 'äB'])).toEqual(['Ab', 1, 'k']);
  editor.update(['Ab', 1, 'k'], ['aB', 2, 'k']);
  expect(contents(editor.finish())).toEqual([['aB', 2, 'k']]);
  expect(() => editor.insert(['AB', 3, 'k'])).toThrow(/PRIMARY/);
  expect(editor.finish().index('u_a').count).toBe(1);
});

test('the counter moves past inserted values', () => {
  const table = schema(
    [column('id', 'bigint unsigned', Encoding.uint64, { nullable: false, autoIncrement: true })],
    [0],
  );
  const store = newStore();
  const editor = new TableEditor(Table.create(store, table));
  expect(editor.autoIncrement).toBe(1);
  expect(editor.finish().write()).toBe(Table.create(store, table).write());
  editor.insert([7]);
  expect(editor.autoIncrement).toBe(8);
  editor.insert([3]);
  expect(editor.finish().autoIncrement).toBe(8);
  editor.insert([2n ** 63n]);
  const stored = Table.open(store, editor.finish().write());
  expect(stored.autoIncrement).toBe(2n ** 63n + 1n);
  editor.truncate();
  expect(editor.finish().write()).toBe(Table.create(store, table).write());
});

test('equal rows of a keyless table are counted', () => {
  const store = newStore();
  const editor = new TableEditor(Table.create(store, keylessPlain));
  for (let i = 0; i < 300; i++) editor.insert([1, 'a']);
  expect(editor.finish().entryCount).toBe(1);
  for (let i = 0; i < 299; i++) expect(editor.delete([1, 'a'])).toBe(true);
  expect(editor.finish().write()).toBe(build(store, keylessPlain, [[1, 'a']]).write());
  expect(editor.delete([1, 'a'])).toBe(true);
  expect(editor.delete([1, 'a'])).toBe(false);
  expect(editor.finish().write()).toBe(Table.create(store, keylessPlain).write());
});
