/**
 * Parsing, as callers see it: text in, statements out, each with its exact source. A script is read statement by
 * statement, so that those before a syntax error can run, and so that a change of sql_mode holds for what follows.
 */
import { AssertionError } from '../../base/errors.ts';
import type { Expression } from './ast.ts';
import type { Statement } from './statement.ts';

export interface ParseOptions {
  /** ANSI_QUOTES: `"x"` is a name. */
  readonly ansiQuotes?: boolean;
  /** PIPES_AS_CONCAT: `||` concatenates. */
  readonly pipesAsConcat?: boolean;
  /** NO_BACKSLASH_ESCAPES: a backslash in a string is itself. */
  readonly noBackslashEscapes?: boolean;
  /** HIGH_NOT_PRECEDENCE: NOT binds like `!`. */
  readonly highNotPrecedence?: boolean;
  /** IGNORE_SPACE: function names may be followed by space before `(`. */
  readonly ignoreSpace?: boolean;
}

/** A statement and the text that its spans point into (that of the whole script). */
export interface ParsedStatement {
  readonly statement: Statement;
  readonly script: string;
  /** The statement's own text: from its first to its last token, without `;`. */
  readonly text: string;
  /** Number of `?`. */
  readonly parameters: number;
}

/** The options that a value of `sql_mode` implies. */
export function parseOptionsOf(_sqlMode: string): ParseOptions {
  throw new AssertionError('not built');
}

/** Reads one statement after the other. */
export class ScriptReader {
  constructor(_script: string) {}
  /** The next statement, undefined at the end; empty statements are skipped. Throws SqlSyntaxError, and is then at its end. */
  next(_options?: ParseOptions): ParsedStatement | undefined {
    throw new AssertionError('not built');
  }
}

/** All statements of a script. Throws SqlSyntaxError. */
export function parseStatements(_script: string, _options?: ParseOptions): readonly ParsedStatement[] {
  throw new AssertionError('not built');
}

/** Exactly one statement (a `;` may follow). */
export function parseStatement(_text: string, _options?: ParseOptions): ParsedStatement {
  throw new AssertionError('not built');
}

/** An expression alone: a stored default, check or generated column. */
export function parseExpression(_text: string, _options?: ParseOptions): Expression {
  throw new AssertionError('not built');
}
