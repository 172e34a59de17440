import { expect, test } from 'vitest';
import { EditBuffer } from '../../src/prolly/edit-buffer.ts';
import { FORMAT } from './random-maps.ts';

/** Edits of one block. */
const BLOCK = 512;

test('an edit finds its place wherever in a full block it comes', () => {
  const key = (n: number) => Uint8Array.of(0, n >> 8, n & 255);
  const put = (buffer: EditBuffer, n: number) => buffer.put(key(n), 0, 3, key(n), 0, 0);
  for (let place = 0; place <= BLOCK; place++) {
    const buffer = new EditBuffer(FORMAT);
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
