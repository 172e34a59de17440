/** Statements as others than their client see them: in SHOW PROCESSLIST and in the log. */

/** Of a statement about passwords no more is shown: statements that change accounts are short. */
const MOST_SHOWN = 1000;

/** Passwords are never shown: of a statement that has one every text is left out, and what follows a quote without end. */
export function withoutPasswords(statement: string): string {
  if (!/\b(identified|password)\b/i.test(statement)) return statement;
  return statement.slice(0, MOST_SHOWN).replace(/(['"])(?:(?!\1)[^\\]|\\[\s\S]|\1\1)*(?:\1|$)/g, "'…'");
}
