/**
 * The syntax tree: plain readonly objects that say what was written, nothing about what it means. No name is resolved, no
 * type known, nothing is checked beyond its shape; parentheses are gone (they live on in the tree's shape and in a select
 * item's span). What MySQL accepts and ignores (engine names, row formats, algorithm hints) is kept as written or left out
 * where nobody can see it.
 *
 * Every node carries its place as offsets into the text it was parsed from: `text.slice(node.start, node.end)` is its
 * source. Keywords, function names, units, variable names of the system and type names are lower case; names of
 * databases, tables, columns and aliases are as written, without their quotes.
 */

export interface Node {
  readonly start: number;
  readonly end: number;
}

/** A name where its place matters. */
export interface Name extends Node {
  readonly name: string;
}

/** `db.table`; the database may be `db/branch`. */
export interface TableName extends Node {
  readonly database?: string;
  readonly name: string;
}

/** `name@host`; undefined host is `%`. */
export interface Account extends Node {
  /** Undefined is CURRENT_USER. */
  readonly user?: string;
  readonly host?: string;
}
