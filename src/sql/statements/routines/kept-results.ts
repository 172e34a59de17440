/** Results of a CALL for whoever reads them only when it is over. */
import type { Steps } from '../../../repo/steps.ts';
import type { ResultSink, RowsResult } from '../../session/statement-result.ts';
import { rowsOf } from '../result-rows.ts';
import { gathered } from './gathered.ts';

export class KeptResults implements ResultSink {
  readonly results: RowsResult[] = [];

  *take(result: RowsResult): Steps<number> {
    const rows = yield* gathered(result);
    this.results.push({ ...rowsOf(result.columns, rows), isOutValues: result.isOutValues });
    return rows.length;
  }
}
