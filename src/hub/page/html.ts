/**
 * HTML as tagged templates. Whatever is put in is escaped, in text and in quoted attributes alike, unless it is HTML made
 * by this tag; lists are joined, `undefined`, `null` and `false` are nothing. There is no other way to write HTML here.
 */

/** Made by `html` alone. */
export class Html {
  readonly text: string;
  private constructor(text: string) {
    this.text = text;
  }

  static of(strings: TemplateStringsArray, values: readonly Content[]): Html {
    let text = strings[0]!;
    for (let i = 0; i < values.length; i++) text += contentText(values[i]!) + strings[i + 1]!;
    return new Html(text);
  }
}

export type Content = Html | string | number | undefined | null | false | readonly Content[];

export function html(strings: TemplateStringsArray, ...values: Content[]): Html {
  return Html.of(strings, values);
}

const ESCAPED: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

// What a page may not hold at all: control characters, but for tab and line ends, and halves of surrogate pairs.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it finds.
const BROKEN = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

export function escaped(text: string): string {
  return text.replace(BROKEN, '\ufffd').replace(/[&<>"']/g, (character) => ESCAPED[character]!);
}

function contentText(content: Content): string {
  if (content instanceof Html) return content.text;
  if (content === undefined || content === null || content === false) return '';
  if (typeof content === 'object') return content.map(contentText).join('');
  return escaped(String(content));
}
