/**
 * Whether a pattern stands for a sequence, where the part `any` stands for any items, none among them, and each other part for
 * one item that it fits. Costs no more than the product of both lengths.
 */
export function matchesParts<Part, Item>(
  parts: readonly Part[],
  items: readonly Item[],
  any: Part,
  fits: (part: Part, item: Item) => boolean,
): boolean {
  let at = 0;
  let part = 0;
  // Where to go on when what follows the last `any` does not fit: it takes one item more.
  let retry: { readonly part: number; at: number } | undefined;
  while (at < items.length) {
    if (parts[part] === any) {
      retry = { part: ++part, at };
    } else if (part < parts.length && fits(parts[part]!, items[at]!)) {
      at++;
      part++;
    } else if (retry !== undefined) {
      at = ++retry.at;
      part = retry.part;
    } else return false;
  }
  while (parts[part] === any) part++;
  return part === parts.length;
}
