import { expect, test } from 'vitest';
import { EditBuffer } from '../../src/prolly/edit-buffer.ts';
import type { TreeFormat } from '../../src/prolly/tree-format.ts';
import { FORMAT } from './random-maps.ts';

/** Edits of one block. */
const BLOCK = 512;

test('an edit finds its place wherever in a full block it comes', () => {
  const key = (n: number) => Uint8Array.of(0, n >> 8, n & 255);
  const put = (buffer: EditBuffer, n: number) => buffer.put(key(n), 0, 3, key(n), 0, 0);
  for (let place = 0; place <= BLOCK; place++) {
    const buffer = EditBuffer.take(FORMAT);
    for (let i = 0; i < BLOCK; i++) put(buffer, 2 * i + 1);
    put(buffer, 2 * place);
    const found: number[] = [];
    for (const stream = buffer.stream(); stream.valid; stream.next()) {
      found.push(stream.key[stream.keyStart + 1]! * 256 + stream.key[stream.keyStart + 2]!);
    }
    const expected = [...Array.from({ length: BLOCK }, (_, i) => 2 * i + 1), 2 * place].sort((a, b) => a - b);
    expect(found).toEqual(expected);
  }
});

test('a buffer that is released is empty for the map that takes it next, and keeps its order', () => {
  const first = EditBuffer.take(FORMAT);
  for (let i = 0; i < 3000; i++) first.put(Uint8Array.of(0, i >> 8, i), 0, 3, Uint8Array.of(i), 0, 1);
  first.release();
  const backwards: TreeFormat = { kind: 'rows', compare: (a, aStart, _aEnd, b, bStart) => b[bStart]! - a[aStart]! };
  const second = EditBuffer.take(backwards);
  expect([second.count, second.find(Uint8Array.of(0, 0, 1), 0, 3), second.stream().valid]).toEqual([0, -1, false]);
  for (const n of [2, 3, 1]) second.put(Uint8Array.of(n), 0, 1, Uint8Array.of(n), 0, 1);
  const found: number[] = [];
  for (const stream = second.stream(); stream.valid; stream.next()) found.push(stream.key[stream.keyStart]!);
  expect(found).toEqual([3, 2, 1]);
});
