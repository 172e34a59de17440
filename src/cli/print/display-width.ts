/** How many columns of a terminal a text takes. ASCII, nearly all of it, is counted without the package. */
type StringWidth = typeof import('string-width').default;

const NOT_PLAIN = /[^\x20-\x7e]/;

let stringWidth: StringWidth | undefined;

export function displayWidth(text: string): number {
  if (!NOT_PLAIN.test(text)) return text.length;
  // Its expressions over all of Unicode take as long to make as all of a short query.
  stringWidth ??= (
    process.getBuiltinModule('node:module').createRequire(import.meta.url)('string-width') as { default: StringWidth }
  ).default;
  return stringWidth(text);
}
