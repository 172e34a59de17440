/**
 * What docs/functions.md says of each function. The text stands beside the families and not in them, so that a start does
 * not read it; a test compares the names with the registry's and the page with what is made of them.
 */

/** How it is called, and one line of what it gives. The name is what stands before the parenthesis, in any case. */
export type FunctionNote = readonly [signature: string, summary: string];

export interface Section {
  readonly title: string;
  /** Where the facts come from: a page of the MySQL 8.0 manual, or Dolt's documentation. */
  readonly source: { readonly name: string; readonly url: string };
  readonly functions: readonly FunctionNote[];
}

export function manual(name: string, page: string): Section['source'] {
  return { name: `MySQL 8.0 manual, “${name}”`, url: `https://dev.mysql.com/doc/refman/8.0/en/${page}.html` };
}

export function dolt(name: string, page: string): Section['source'] {
  return { name: `Dolt documentation, “${name}”`, url: `https://docs.dolthub.com/sql-reference/${page}` };
}
