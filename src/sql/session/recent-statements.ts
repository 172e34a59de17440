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

export class RecentStatements {
  readonly #statements = new RecentMap<string, Recent>(KEPT);

  find(text: string, sqlMode: string): ParsedStatement | undefined {
    const found = text.length > LONGEST ? undefined : this.#statements.get(text);
    return found?.sqlMode === sqlMode ? found.parsed : undefined;
  }

  /** `parsed` is all that the text holds. */
  keep(text: string, sqlMode: string, parsed: ParsedStatement): void {
    if (text.length <= LONGEST) this.#statements.set(text, { parsed, sqlMode });
  }

  /** The statements of a text, each read with `parse` when it is asked for. One that stands alone is kept. */
  *read(
    text: string,
    sqlMode: string,
    parse: (reader: ScriptReader) => ParsedStatement | undefined,
  ): Generator<ParsedStatement, void> {
    const known = this.find(text, sqlMode);
    if (known !== undefined) {
      yield known;
      return;
    }
    const reader = new ScriptReader(text);
    for (let isFirst = true; ; isFirst = false) {
      const parsed = parse(reader);
      if (parsed === undefined) return;
      if (isFirst && !reader.hasMore()) this.keep(text, sqlMode, parsed);
      yield parsed;
    }
  }
}
