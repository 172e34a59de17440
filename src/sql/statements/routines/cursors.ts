/** Cursors of programs: OPEN reads all rows of the query, FETCH takes one after the other. */
import type { Steps } from '../../../repo/steps.ts';
import { assign } from './evaluate.ts';
import type { Frame } from './frame.ts';
import { gathered } from './gathered.ts';
import type { CursorDefinition, Target } from './program.ts';
import { cursorNotOpen, cursorOpen, fetchCount, noData } from './routine-errors.ts';

export function* openCursor(cursor: CursorDefinition, frame: Frame): Steps<void> {
  if (frame.cursor(cursor) !== undefined) throw cursorOpen();
  const result = yield* frame.scene.run(cursor.parsed, frame.typed(cursor.cells));
  if (result.kind !== 'rows') return;
  frame.setCursor(cursor, { columns: result.columns, rows: yield* gathered(result), next: 0 });
}

export function closeCursor(cursor: CursorDefinition, frame: Frame): void {
  if (frame.cursor(cursor) === undefined) throw cursorNotOpen();
  frame.setCursor(cursor, undefined);
}

/** Throws 1329 behind the last row. */
export function fetchCursor(definition: CursorDefinition, into: readonly Target[], frame: Frame): void {
  const cursor = frame.cursor(definition);
  if (cursor === undefined) throw cursorNotOpen();
  if (into.length !== cursor.columns.length) throw fetchCount();
  const row = cursor.rows[cursor.next];
  if (row === undefined) throw noData();
  cursor.next++;
  into.forEach((target, i) => {
    assign(target, { type: cursor.columns[i]!.type, value: row[i]! }, frame);
  });
}
