/**
 * The statements that clients sent last, by their text: who sends one again finds it parsed, and with it its plan, which is kept
 * by the syntax that it was made from.
 */
import { RecentMap } from '../base/recent-map.ts';
import type { Session } from '../sql/engine.ts';
import type { ParsedStatement } from '../sql/syntax/parse.ts';

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

  find(text: string, session: Session): ParsedStatement | undefined {
    const found = text.length > LONGEST ? undefined : this.#statements.get(text);
    return found?.sqlMode === sqlModeOf(session) ? found.parsed : undefined;
  }

  /** `parsed` is all that the text holds. */
  keep(text: string, session: Session, parsed: ParsedStatement): void {
    if (text.length <= LONGEST) this.#statements.set(text, { parsed, sqlMode: sqlModeOf(session) });
  }
}

const sqlModeOf = ({ state }: Session): string => state.variables.text('sql_mode');
