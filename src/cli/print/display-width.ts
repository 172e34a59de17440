/** How many columns of a terminal a text takes. ASCII, nearly all of it, is counted without the package. */
import stringWidth from 'string-width';

const NOT_PLAIN = /[^\x20-\x7e]/;

export function displayWidth(text: string): number {
  return NOT_PLAIN.test(text) ? stringWidth(text) : text.length;
}
