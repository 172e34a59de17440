/** The syntax of expressions: literals, operators, calls with their windows. */

import type { IntervalUnit } from '../../types/interval.ts';
import type { GeometryShape } from '../../types/sql-type.ts';
import type { Name, Node } from './node.ts';
import type { Query } from './query.ts';

export interface NullLiteral extends Node {
  readonly kind: 'null';
}

/** TRUE, FALSE. */
export interface BooleanLiteral extends Node {
  readonly kind: 'boolean';
  readonly value: boolean;
}

/** An unsigned number as written: `1`, `1.50`, `.5`, `1e3`. */
export interface NumberLiteral extends Node {
  readonly kind: 'number';
  readonly text: string;
}

/** Unescaped; adjacent strings are one. `introducer` is the character set of `_utf8mb4'…'`, or `utf8mb3` for `N'…'`. */
export interface StringLiteral extends Node {
  readonly kind: 'string';
  readonly value: string;
  readonly introducer?: string;
  /** Of adjacent strings, of which the value is made: the first. */
  readonly first?: string;
}

/** `x'4142'`, `0x4142`, by its digits (not padded). */
export interface HexLiteral extends Node {
  readonly kind: 'hex';
  readonly digits: string;
  readonly introducer?: string;
}

/** `b'101'`, `0b101`, by its digits. */
export interface BitLiteral extends Node {
  readonly kind: 'bit';
  readonly digits: string;
  readonly introducer?: string;
}

/** `DATE '2020-01-01'`, `TIME '…'`, `TIMESTAMP '…'`, `{d '…'}`. */
export interface TemporalLiteral extends Node {
  readonly kind: 'temporal';
  readonly type: 'date' | 'time' | 'timestamp';
  readonly text: string;
}

/** `?`, numbered from 0 in its statement. */
export interface Parameter extends Node {
  readonly kind: 'parameter';
  readonly ordinal: number;
}

/** `column`, `table.column`, `database.table.column`. */
export interface ColumnReference extends Node {
  readonly kind: 'column';
  readonly database?: string;
  readonly table?: string;
  readonly name: string;
  /** Read for the statement's own sake: it need not be allowed. Set by who makes a query of a statement. */
  readonly unchecked?: boolean;
}

/** `@name`, without the sign, lower case. */
export interface UserVariable extends Node {
  readonly kind: 'userVariable';
  readonly name: string;
}

export type VariableScope = 'global' | 'session' | 'persist' | 'persist_only';

/** `@@name`, `@@global.name`; `name` is lower case and may hold dots (`sqlserver.global.x`, `default.key_buffer_size`). */
export interface SystemVariable extends Node {
  readonly kind: 'systemVariable';
  readonly scope?: VariableScope;
  readonly name: string;
}

/** `@name := value`. */
export interface Assignment extends Node {
  readonly kind: 'assignment';
  readonly name: string;
  readonly value: Expression;
}

/** `BINARY e` is a cast and not here. `!` and NOT differ in precedence only: both are `not`. */
export type UnaryOperator = '-' | '+' | '~' | 'not';

export interface Unary extends Node {
  readonly kind: 'unary';
  readonly operator: UnaryOperator;
  readonly operand: Expression;
}

export type BinaryOperator =
  | '+'
  | '-'
  | '*'
  | '/'
  | 'div'
  /** `%` and MOD. */
  | '%'
  | '&'
  | '|'
  | '^'
  | '<<'
  | '>>'
  | '='
  | '<>'
  | '<'
  | '<='
  | '>'
  | '>='
  | '<=>'
  | 'xor'
  /** `||` under PIPES_AS_CONCAT; otherwise it is `or`. */
  | 'concat'
  /** `column -> '$.path'`. */
  | '->'
  | '->>'
  | 'sounds like'
  | 'member of';

/** `+` and `-` may have an Interval as their right (of `+` also left) operand. */
export interface Binary extends Node {
  readonly kind: 'binary';
  readonly operator: BinaryOperator;
  readonly left: Expression;
  readonly right: Expression;
}

/** A chain `a AND b AND c` is one node, grouped from the left; `a AND (b AND c)` holds a nested node. */
export interface Logical extends Node {
  readonly kind: 'and' | 'or';
  readonly operands: readonly Expression[];
}

export interface Is extends Node {
  readonly kind: 'is';
  readonly operand: Expression;
  readonly test: 'null' | 'true' | 'false' | 'unknown';
  readonly negated: boolean;
}

export interface Between extends Node {
  readonly kind: 'between';
  readonly operand: Expression;
  readonly low: Expression;
  readonly high: Expression;
  readonly negated: boolean;
}

export interface InList extends Node {
  readonly kind: 'in';
  readonly operand: Expression;
  readonly list: readonly Expression[];
  readonly negated: boolean;
}

export interface InQuery extends Node {
  readonly kind: 'inQuery';
  readonly operand: Expression;
  readonly query: Query;
  readonly negated: boolean;
}

export interface Like extends Node {
  readonly kind: 'like';
  readonly operand: Expression;
  readonly pattern: Expression;
  readonly escape?: Expression;
  readonly negated: boolean;
}

/** REGEXP, RLIKE. */
export interface Regexp extends Node {
  readonly kind: 'regexp';
  readonly operand: Expression;
  readonly pattern: Expression;
  readonly negated: boolean;
}

/** With an operand the simple form. */
export interface Case extends Node {
  readonly kind: 'case';
  readonly operand?: Expression;
  readonly branches: readonly CaseBranch[];
  readonly otherwise?: Expression;
}

export interface CaseBranch {
  readonly when: Expression;
  readonly result: Expression;
}

/** `(a, b)`, `ROW(a, b)`: two or more members, or a written ROW. */
export interface Row extends Node {
  readonly kind: 'row';
  readonly members: readonly Expression[];
}

/** A query in parentheses, used as a value or a row. */
export interface Subquery extends Node {
  readonly kind: 'subquery';
  readonly query: Query;
}

export interface Exists extends Node {
  readonly kind: 'exists';
  readonly query: Query;
}

/** `left = ANY (query)`; SOME is `any`. */
export interface Quantified extends Node {
  readonly kind: 'quantified';
  readonly operator: '=' | '<>' | '<' | '<=' | '>' | '>=';
  readonly quantifier: 'any' | 'all';
  readonly left: Expression;
  readonly query: Query;
}

/** `e COLLATE name`. */
export interface Collate extends Node {
  readonly kind: 'collate';
  readonly operand: Expression;
  readonly collation: string;
}

/** CAST(e AS type), CONVERT(e, type), BINARY e. */
export interface Cast extends Node {
  readonly kind: 'cast';
  readonly operand: Expression;
  readonly type: CastType;
  /** How it was written. */
  readonly syntax: 'cast' | 'convert' | 'binary';
}

/** The types that CAST knows; `array` is of multi-valued indexes. */
export interface CastType extends Node {
  readonly name:
    | 'binary'
    | 'char'
    | 'date'
    | 'datetime'
    | 'decimal'
    | 'double'
    | 'float'
    | 'json'
    | 'nchar'
    | 'real'
    | 'signed'
    | 'time'
    | 'unsigned'
    | 'year'
    | GeometryShape;
  readonly length?: number;
  readonly scale?: number;
  readonly charset?: string;
  readonly array?: boolean;
}

/** CONVERT(e USING charset). */
export interface ConvertUsing extends Node {
  readonly kind: 'convertUsing';
  readonly operand: Expression;
  readonly charset: string;
}

/** `INTERVAL amount unit`: the right side of `+` and `-`, or an argument of date_add and its like. */
export interface Interval extends Node {
  readonly kind: 'interval';
  readonly amount: Expression;
  readonly unit: IntervalUnit;
}

export interface Extract extends Node {
  readonly kind: 'extract';
  readonly unit: IntervalUnit;
  readonly operand: Expression;
}

export interface Trim extends Node {
  readonly kind: 'trim';
  readonly where: 'both' | 'leading' | 'trailing';
  /** What is removed; a space when absent. */
  readonly remove?: Expression;
  readonly operand: Expression;
}

/** A word as an argument: the unit of TIMESTAMPADD and TIMESTAMPDIFF (without `sql_tsi_`), the type of GET_FORMAT. */
export interface KeywordArgument extends Node {
  readonly kind: 'keyword';
  readonly word: string;
}

/**
 * Any call, of a built-in, an aggregate, a window function or a stored function; the parser does not know which.
 * Spellings with words are calls too: SUBSTRING(s FROM a FOR b) is substring(s, a, b), POSITION(a IN b) is
 * position(a, b), CURRENT_DATE is current_date() with `bare`, `MOD(a, b)` stays a call.
 */
export interface Call extends Node {
  readonly kind: 'call';
  readonly database?: string;
  /** Lower case. */
  readonly name: string;
  readonly args: readonly Expression[];
  /** `count(*)`. */
  readonly star?: boolean;
  readonly distinct?: boolean;
  /** Without parentheses: CURRENT_TIMESTAMP. */
  readonly bare?: boolean;
  /** Of GROUP_CONCAT. */
  readonly orderBy?: readonly OrderItem[];
  /** Of GROUP_CONCAT. */
  readonly separator?: string;
  /** `CHAR(… USING charset)`. */
  readonly using?: string;
  /** FIRST_VALUE(x) IGNORE NULLS … */
  readonly nulls?: 'respect' | 'ignore';
  readonly over?: WindowSpecification | Name;
}

/** `VALUES(column)` in ON DUPLICATE KEY UPDATE. */
export interface InsertedValue extends Node {
  readonly kind: 'insertedValue';
  readonly column: ColumnReference;
}

/** DEFAULT as a value, `DEFAULT(column)`. */
export interface Default extends Node {
  readonly kind: 'default';
  readonly column?: ColumnReference;
}

export interface Match extends Node {
  readonly kind: 'match';
  readonly columns: readonly ColumnReference[];
  readonly against: Expression;
  readonly mode: 'natural' | 'boolean' | 'expansion' | 'natural expansion';
}

/** JSON_VALUE(document, path RETURNING type … ON EMPTY … ON ERROR). */
export interface JsonValue extends Node {
  readonly kind: 'jsonValue';
  readonly document: Expression;
  readonly path: Expression;
  readonly returning?: CastType;
  readonly onEmpty?: JsonFallback;
  readonly onError?: JsonFallback;
}

export type JsonFallback =
  | { readonly kind: 'null' }
  | { readonly kind: 'error' }
  | { readonly kind: 'default'; readonly value: Expression };

export type Expression =
  | NullLiteral
  | BooleanLiteral
  | NumberLiteral
  | StringLiteral
  | HexLiteral
  | BitLiteral
  | TemporalLiteral
  | Parameter
  | ColumnReference
  | UserVariable
  | SystemVariable
  | Assignment
  | Unary
  | Binary
  | Logical
  | Is
  | Between
  | InList
  | InQuery
  | Like
  | Regexp
  | Case
  | Row
  | Subquery
  | Exists
  | Quantified
  | Collate
  | Cast
  | ConvertUsing
  | Interval
  | Extract
  | Trim
  | KeywordArgument
  | Call
  | InsertedValue
  | Default
  | Match
  | JsonValue;

export interface OrderItem extends Node {
  readonly expression: Expression;
  readonly descending: boolean;
}

export interface WindowSpecification extends Node {
  readonly kind: 'window';
  /** The named window it starts from. */
  readonly base?: string;
  readonly partitionBy: readonly Expression[];
  readonly orderBy: readonly OrderItem[];
  readonly frame?: WindowFrame;
}

export interface WindowFrame extends Node {
  readonly unit: 'rows' | 'range' | 'groups';
  readonly from: FrameBound;
  /** CURRENT ROW when absent. */
  readonly to?: FrameBound;
}

export type FrameBound =
  | { readonly kind: 'unboundedPreceding' | 'currentRow' | 'unboundedFollowing' }
  | { readonly kind: 'preceding' | 'following'; readonly offset: Expression };
