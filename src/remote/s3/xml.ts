/** The little of XML that S3's answers need: elements that hold text or other elements, without attributes that matter. */

/** The text of the first element of this name. */
export function textOf(xml: string, name: string): string | undefined {
  const inner = elementsOf(xml, name).next().value;
  return inner === undefined ? undefined : unescaped(inner);
}

/** What stands in each element of this name; no element of it stands within another. */
export function* elementsOf(xml: string, name: string): Generator<string, undefined> {
  for (const [, inner] of xml.matchAll(new RegExp(`<${name}(?:\\s[^>]*)?>([\\s\\S]*?)</${name}>`, 'g'))) yield inner!;
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

const unescaped = (text: string): string =>
  text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(\w+));/gi, (whole, decimal, hex, name) => {
    if (name !== undefined) return ENTITIES[name] ?? whole;
    const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });

export const escaped = (text: string): string => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
