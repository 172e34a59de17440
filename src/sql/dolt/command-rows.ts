/** What a command writes, as rows: the stream and a piece of it; the last row has its exit status. */
import type { Wait } from '../../repo/steps.ts';
import type { Value } from '../../tuple/value.ts';
import type { Batch } from '../expressions/batch.ts';
import type { CommandRequest, RunCommand } from '../session/command-run.ts';
import type { RowsResult } from '../session/statement-result.ts';
import { column } from '../statements/result-rows.ts';
import { LONGBLOB, varchar } from '../types/sql-type.ts';

const COLUMNS = [column('stream', varchar(6), false), column('bytes', LONGBLOB, false)];

export function commandRows(run: RunCommand, request: Omit<CommandRequest, 'signal'>): RowsResult {
  return { kind: 'rows', columns: COLUMNS, rows: rowsOf(run, request) };
}

function* rowsOf(run: RunCommand, request: Omit<CommandRequest, 'signal'>): Generator<Batch | Wait, void, unknown> {
  const given = new AbortController();
  const output = run({ ...request, signal: given.signal });
  try {
    for (;;) {
      const next: { piece?: Awaited<ReturnType<typeof output.next>> } = {};
      const until = output.next().then((piece) => {
        next.piece = piece;
      });
      yield { until, mayEnd: 'wait' };
      const { value, done } = next.piece!;
      if (done) {
        yield row('status', Buffer.from(String(value)));
        return;
      }
      yield row(value.stream, value.bytes);
    }
  } finally {
    given.abort();
  }
}

const row = (...values: readonly Value[]): Batch => ({ length: 1, columns: values.map((value) => [value]) });
