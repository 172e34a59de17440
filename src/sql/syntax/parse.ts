/**
 * Parsing, as callers see it: text in, statements out, each with its exact source. A script is read statement by
 * statement, so that those before a syntax error can run, and so that a change of sql_mode holds for what follows.
 */
import type { Expression } from './ast/expression.ts';
import type { Statement } from './ast/statement.ts';
import { delimiterCommand, findDelimiter } from './delimiters.ts';
import type { SyntaxWarning } from './deprecations.ts';
import { parseExpression as parseExpressionIn } from './parse-expression.ts';
import { parseStatementIn } from './parse-statement.ts';
import { emptyQuery, SqlSyntaxError } from './sql-syntax-error.ts';
import { Tokens } from './tokens.ts';

export interface ParseOptions {
  /** ANSI_QUOTES: `"x"` is a name. */
  readonly ansiQuotes?: boolean;
  /** PIPES_AS_CONCAT: `||` concatenates. */
  readonly pipesAsConcat?: boolean;
  /** NO_BACKSLASH_ESCAPES: a backslash in a string is itself. */
  readonly noBackslashEscapes?: boolean;
  /** HIGH_NOT_PRECEDENCE: NOT binds like `!`. */
  readonly highNotPrecedence?: boolean;
  /** REAL_AS_FLOAT: REAL is FLOAT. */
  readonly realAsFloat?: boolean;
}

/** A statement and the text that its spans point into (that of the whole script). */
export interface ParsedStatement {
  readonly statement: Statement;
  readonly script: string;
  /** The statement's own text: from its first to its last token, without `;`. */
  readonly text: string;
  /** Number of `?`. */
  readonly parameters: number;
  readonly warnings: readonly SyntaxWarning[];
}

let lastMode = '';
let lastOptions: ParseOptions = {};

/** The options that a value of `sql_mode` implies; statements mostly come with the same one. */
export function parseOptionsOf(sqlMode: string): ParseOptions {
  if (sqlMode === lastMode) return lastOptions;
  const modes = new Set(sqlMode.toUpperCase().split(','));
  const isAnsi = modes.has('ANSI');
  lastMode = sqlMode;
  lastOptions = {
    ansiQuotes: isAnsi || modes.has('ANSI_QUOTES'),
    pipesAsConcat: isAnsi || modes.has('PIPES_AS_CONCAT'),
    noBackslashEscapes: modes.has('NO_BACKSLASH_ESCAPES'),
    highNotPrecedence: modes.has('HIGH_NOT_PRECEDENCE'),
    realAsFloat: isAnsi || modes.has('REAL_AS_FLOAT'),
  };
  return lastOptions;
}

/** Reads one statement after the other, and obeys the shell's DELIMITER between them. */
export class ScriptReader {
  readonly #tokens: Tokens;
  #isStarted = false;
  #delimiter = ';';

  constructor(script: string) {
    this.#tokens = new Tokens(script);
  }

  /**
   * The next statement, undefined at the end; empty statements are skipped. Throws SqlSyntaxError, and stands then behind
   * the delimiter that follows.
   */
  next(options: ParseOptions = {}): ParsedStatement | undefined {
    const tokens = this.#tokens;
    let start = tokens.lastEnd;
    try {
      this.#start(options);
      if (!this.#toStatement()) return undefined;
      start = tokens.start;
      tokens.begin();
      const statement = parseStatementIn(tokens);
      const end = tokens.lastEnd;
      if (!tokens.atEnd()) throw tokens.failure();
      const { parameters, warnings } = tokens;
      return { statement, script: tokens.text, text: tokens.text.slice(start, end), parameters, warnings };
    } catch (error) {
      const end = findDelimiter(tokens.text, start, this.#delimiter) + this.#delimiter.length;
      tokens.limit = tokens.text.length;
      this.#skipTo(Math.min(end, tokens.limit));
      throw error;
    }
  }

  /** Whether another statement (or what should be one) follows the last one that was read. */
  hasMore(): boolean {
    try {
      return this.#isStarted ? this.#toStatement() : true;
    } catch {
      return true;
    }
  }

  #start(options: ParseOptions): void {
    const tokens = this.#tokens;
    tokens.setOptions(options);
    if (this.#isStarted) return;
    tokens.seek(0);
    this.#isStarted = true;
  }

  /** Makes the first token of a statement the current one; false at the end of the script. */
  #toStatement(): boolean {
    const tokens = this.#tokens;
    for (;;) {
      if (tokens.at(';')) tokens.advance();
      else if (tokens.kind === 'end') {
        if (tokens.limit === tokens.text.length) return false;
        const next = tokens.limit + this.#delimiter.length;
        tokens.limit = tokens.text.length;
        this.#seek(next);
      } else if (!this.#takeDelimiterCommand()) return true;
    }
  }

  /** To a place between statements. With a delimiter of its own, a statement's end is known before it is parsed. */
  #seek(offset: number): void {
    const tokens = this.#tokens;
    tokens.seek(offset);
    if (this.#delimiter === ';' || delimiterCommand(tokens.text, tokens.start) !== undefined) return;
    tokens.limit = findDelimiter(tokens.text, tokens.start, this.#delimiter);
    tokens.seek(offset);
  }

  /** Where the text cannot even be read as tokens, to its end. */
  #skipTo(offset: number): void {
    try {
      this.#seek(offset);
    } catch {
      this.#tokens.seek(this.#tokens.limit);
    }
  }

  #takeDelimiterCommand(): boolean {
    const tokens = this.#tokens;
    const command = tokens.at('delimiter') ? delimiterCommand(tokens.text, tokens.start) : undefined;
    if (command === undefined) return false;
    this.#delimiter = command.delimiter;
    tokens.limit = tokens.text.length;
    this.#seek(command.end);
    return true;
  }
}

/** All statements of a script. Throws SqlSyntaxError. */
export function parseStatements(script: string, options?: ParseOptions): readonly ParsedStatement[] {
  const reader = new ScriptReader(script);
  const statements: ParsedStatement[] = [];
  for (let next = reader.next(options); next !== undefined; next = reader.next(options)) statements.push(next);
  return statements;
}

/** Exactly one statement (a `;` may follow). */
export function parseStatement(text: string, options?: ParseOptions): ParsedStatement {
  const reader = new ScriptReader(text);
  const first = reader.next(options);
  if (first === undefined) throw emptyQuery();
  if (reader.next(options) !== undefined) {
    const at = first.statement.end;
    throw new SqlSyntaxError(text, at, text.slice(at, at + 80), 'one statement expected');
  }
  return first;
}

/** An expression alone: a stored default, check or generated column. */
export function parseExpression(text: string, options: ParseOptions = {}): Expression {
  const tokens = new Tokens(text);
  tokens.setOptions(options);
  tokens.seek(0);
  const expression = parseExpressionIn(tokens);
  if (tokens.kind !== 'end') throw tokens.failure();
  return expression;
}
