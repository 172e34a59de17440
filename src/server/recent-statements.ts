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

export class RecentStatements {
  readonly #statements = new RecentMap<string, ParsedStatement>(KEPT);

  find(text: string, session: Session): ParsedStatement | undefined {
    return text.length > LONGEST ? undefined : this.#statements.get(keyOf(text, session));
  }

  /** `parsed` is all that the text holds. */
  keep(text: string, session: Session, parsed: ParsedStatement): void {
    if (text.length <= LONGEST) this.#statements.set(keyOf(text, session), parsed);
  }
}

/** A text means what it means in a sql_mode. */
const keyOf = (text: string, { state }: Session): string => `${state.variables.text('sql_mode')}\0${text}`;
