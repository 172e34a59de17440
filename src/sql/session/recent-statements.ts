/**
 * The statements that were sent last, by their text: who sends one again finds it parsed, and with it its plan, which is kept
 * by the syntax that it was made from.
 */
import { RecentMap } from '../../base/recent-map.ts';
import { type ParsedStatement, ScriptReader } from '../syntax/parse.ts';

const KEPT = 1000;
/** Longer texts hold values, and hardly come twice. */
const LONGEST = 2048;

interface Recent {
  readonly parsed: ParsedStatement;
  /** A text means what it means in a sql_mode. */
  readonly sqlMode: string;
}

export interface ReadStatement {
  readonly parsed: ParsedStatement;
  /** Whether another one, or something that is wrong, comes behind it. */
  readonly more: boolean;
}

export class RecentStatements {
  readonly #statements = new RecentMap<string, Recent>(KEPT);

  /** The statements of a text, each read with `parse` when it is asked for. One that stands alone is kept. */
  *read(
    text: string,
    sqlMode: string,
    parse: (reader: ScriptReader) => ParsedStatement | undefined,
  ): Generator<ReadStatement, void> {
    const known = text.length > LONGEST ? undefined : this.#statements.get(text);
    if (known?.sqlMode === sqlMode) {
      yield { parsed: known.parsed, more: false };
      return;
    }
    const reader = new ScriptReader(text);
    for (let isFirst = true, more = true; more; isFirst = false) {
      const parsed = parse(reader);
      if (parsed === undefined) return;
      more = reader.hasMore();
      if (isFirst && !more && text.length <= LONGEST) this.#statements.set(text, { parsed, sqlMode });
      yield { parsed, more };
    }
  }
}
