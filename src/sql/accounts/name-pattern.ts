/**
 * Names with `%` for any characters and `_` for one, as hosts of accounts and databases of grants have them; `\%` and
 * `\_` are the characters themselves. Names compare without case. Matching costs no more than the product of both lengths.
 */

export function isPattern(name: string): boolean {
  return /[%_]/.test(name);
}

export function matchesPattern(name: string, pattern: string): boolean {
  const text = name.toLowerCase();
  const parts = pattern.toLowerCase().match(/\\[%_]|[\s\S]/gu) ?? [];
  const characters = [...text];
  let at = 0;
  let part = 0;
  // Where to go on when what follows the last `%` does not fit: it takes one character more.
  let retry: { readonly part: number; at: number } | undefined;
  while (at < characters.length) {
    const wanted = parts[part];
    if (wanted === '%') {
      retry = { part: ++part, at };
    } else if (wanted === '_' || (wanted !== undefined && wanted.at(-1) === characters[at])) {
      at++;
      part++;
    } else if (retry !== undefined) {
      at = ++retry.at;
      part = retry.part;
    } else return false;
  }
  while (parts[part] === '%') part++;
  return part === parts.length;
}

/** Sorts the most specific first: those whose first wildcard comes later, then longer ones. */
export function bySpecificity(a: string, b: string): number {
  const first = (pattern: string): number => {
    const at = pattern.search(/(?<!\\)[%_]/);
    return at < 0 ? pattern.length + 1 : at;
  };
  return first(b) - first(a) || b.length - a.length || (a < b ? -1 : a > b ? 1 : 0);
}
