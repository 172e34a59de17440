/**
 * Printing a result set: one printer a result, fed with batches as they come, so that a million rows need no memory.
 * `begin` is called once, then `batch` any number of times, then `end`. What a printer writes goes to the sink at once or
 * in large pieces; text that holds raw bytes of binary columns is written as bytes, unchanged.
 */
import type { Batch } from '../../sql/expressions/batch.ts';
import type { SqlType } from '../../sql/types/sql-type.ts';

export interface ResultColumn {
  readonly name: string;
  readonly type: SqlType;
}

export interface ResultPrinter {
  begin(columns: readonly ResultColumn[]): void;
  batch(batch: Batch): void;
  end(): void;
}

/**
 * Where printers write. `binary` says that a text is one byte a character; otherwise it is written as UTF-8. Bytes are
 * written as they are, before the call returns.
 */
export type Sink = (text: string | Uint8Array, binary?: boolean) => void;

/** What a sink is to write. */
export function bytesToWrite(text: string | Uint8Array, binary = false): Uint8Array {
  return typeof text === 'string' ? Buffer.from(text, binary ? 'latin1' : 'utf8') : text;
}

export const RESULT_FORMATS = ['tabular', 'csv', 'json', 'vertical'] as const;
export type ResultFormat = (typeof RESULT_FORMATS)[number];
