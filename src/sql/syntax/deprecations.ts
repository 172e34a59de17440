/** What MySQL 8.0 warns of as it reads a statement: syntax that will go. */
import type { Tokens } from './tokens.ts';

/** A warning that a statement's text gives, before it runs. */
export interface SyntaxWarning {
  readonly code: number;
  readonly message: string;
}

/** `message` but for its end, which all have. */
export function deprecated(tokens: Tokens, what: string, instead: string): void {
  tokens.warn({ code: 1287, message: `${what} is deprecated and will be removed in a future release. ${instead}` });
}

/** Something that nothing replaces. */
export function deprecatedType(tokens: Tokens, message: string): void {
  tokens.warn({ code: 1681, message });
}

/** A name of a character set that will mean another, or go. */
export function noteCharset(tokens: Tokens, charset: string): void {
  if (charset === 'utf8mb3') deprecated(tokens, "'utf8mb3'", 'Please use utf8mb4 instead');
  if (charset !== 'utf8') return;
  const message =
    "'utf8' is currently an alias for the character set UTF8MB3, but will be an alias for UTF8MB4 in a future release. Please consider using UTF8MB4 in order to be unambiguous.";
  tokens.warn({ code: 3719, message });
}
