/**
 * Text as the bytes that a character set has for it, and back. Inside, all text is Unicode; what counts bytes, shows them or
 * makes text of them asks here. A character set that is not listed is taken for UTF-8.
 */
import { collationByName } from '../../tuple/collation.ts';
import { CHARSET_TABLES, LACKING } from './charset-tables.ts';
import type { CollationName } from './sql-type.ts';

/** How a character set turns text into bytes. */
export interface Charset {
  encode(text: string): Uint8Array;
  /** Undefined for bytes that are none of its text. */
  decode(bytes: Uint8Array): string | undefined;
}

/** What stands for a character that the character set lacks, and for a byte that is none of its characters. */
const UNKNOWN = '?';

/** Names of the encodings that `TextDecoder` knows. */
const DECODERS: Readonly<Record<string, string>> = {
  big5: 'big5',
  cp1250: 'windows-1250',
  cp1251: 'windows-1251',
  cp1256: 'windows-1256',
  cp1257: 'windows-1257',
  cp866: 'ibm866',
  cp932: 'shift_jis',
  eucjpms: 'euc-jp',
  euckr: 'euc-kr',
  gb18030: 'gb18030',
  gb2312: 'gbk',
  gbk: 'gbk',
  greek: 'iso-8859-7',
  hebrew: 'iso-8859-8',
  koi8r: 'koi8-r',
  koi8u: 'koi8-u',
  latin2: 'iso-8859-2',
  latin5: 'iso-8859-9',
  latin7: 'iso-8859-13',
  macroman: 'macintosh',
  sjis: 'shift_jis',
  tis620: 'windows-874',
  ujis: 'euc-jp',
};

/** MySQL's latin1 is Windows' code page 1252: what it has from 0x80 to 0x9f. */
const CP1252 = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ';

const LATIN1: Charset = {
  encode: (text) =>
    Uint8Array.from(text.match(/[\s\S]/gu) ?? [], (character) => {
      const at = CP1252.indexOf(character);
      if (at >= 0) return 0x80 + at;
      const code = character.codePointAt(0)!;
      return code < 0x80 || (code >= 0xa0 && code < 0x100) ? code : UNKNOWN.charCodeAt(0);
    }),
  decode: (bytes) => {
    const text = Buffer.from(bytes).toString('latin1');
    return text.replace(/[\x80-\x9f]/g, (character) => CP1252[character.charCodeAt(0) - 0x80]!);
  },
};

const known = new Map<string, Charset | undefined>();

/** Undefined where text is UTF-8, as most is, or stands for its own bytes. */
export function charsetOf(collation: CollationName): Charset | undefined {
  const name = collationByName(collation)?.characterSet ?? 'utf8mb4';
  if (!known.has(name)) known.set(name, newCharset(name));
  return known.get(name);
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Undefined for bytes that are no text of the character set. */
export function decodeStrictly(bytes: Uint8Array, collation: CollationName): string | undefined {
  const charset = charsetOf(collation);
  if (charset !== undefined) return charset.decode(bytes);
  try {
    return strictUtf8.decode(bytes);
  } catch {
    return undefined;
  }
}

function newCharset(name: string): Charset | undefined {
  switch (name) {
    case 'ascii':
      return {
        encode: (text) => Buffer.from(text.replace(/[^\0-\x7f]/gu, UNKNOWN), 'latin1'),
        decode: (bytes) => (bytes.every((byte) => byte < 0x80) ? Buffer.from(bytes).toString('latin1') : undefined),
      };
    case 'latin1':
      return LATIN1;
    case 'utf16':
      return { encode: (text) => swapped(Buffer.from(text, 'utf16le')), decode: decodeUtf16 };
    case 'ucs2':
      return {
        encode: (text) => swapped(Buffer.from(text.replace(/[\u{10000}-\u{10ffff}]/gu, UNKNOWN), 'utf16le')),
        decode: decodeUtf16,
      };
    case 'utf16le':
      return {
        encode: (text) => Buffer.from(text, 'utf16le'),
        decode: (bytes) => (bytes.length % 2 === 0 ? Buffer.from(bytes).toString('utf16le') : undefined),
      };
    case 'utf32':
      return { encode: encodeUtf32, decode: decodeUtf32 };
    default: {
      const table = CHARSET_TABLES[name];
      if (table !== undefined) return byteCharset(table);
      const label = DECODERS[name];
      return label === undefined ? undefined : tableCharset(label);
    }
  }
}

const swapped = (bytes: Buffer): Buffer => bytes.swap16();

function decodeUtf16(bytes: Uint8Array): string | undefined {
  return bytes.length % 2 === 0 ? swapped(Buffer.from(bytes)).toString('utf16le') : undefined;
}

function encodeUtf32(text: string): Uint8Array {
  const points = [...text];
  const bytes = Buffer.alloc(points.length * 4);
  points.forEach((character, i) => {
    bytes.writeUInt32BE(character.codePointAt(0)!, i * 4);
  });
  return bytes;
}

function decodeUtf32(given: Uint8Array): string | undefined {
  const bytes = Buffer.from(given);
  if (bytes.length % 4 !== 0) return undefined;
  let text = '';
  for (let at = 0; at < bytes.length; at += 4) {
    const point = bytes.readUInt32BE(at);
    if (point > 0x10ffff) return undefined;
    text += String.fromCodePoint(point);
  }
  return text;
}

/** Of one byte a character; the last bytes have those of the table. */
function byteCharset(table: string): Charset {
  const start = 0x100 - table.length;
  const bytes = new Map<string, number>();
  for (let byte = 0; byte < start; byte++) bytes.set(String.fromCharCode(byte), byte);
  for (const [i, character] of [...table].entries()) if (!bytes.has(character)) bytes.set(character, start + i);
  bytes.delete(LACKING);
  const characters = Array.from({ length: 0x100 }, (_, byte) => {
    const character = byte < start ? String.fromCharCode(byte) : table[byte - start]!;
    return character === LACKING ? UNKNOWN : character;
  });
  return {
    encode: (text) => Uint8Array.from([...text], (character) => bytes.get(character) ?? UNKNOWN.charCodeAt(0)),
    decode: (given) => Array.from(given, (byte) => characters[byte]!).join(''),
  };
}

/** Of one or two bytes a character; the way back is found by decoding all of them, once it is asked for. */
function tableCharset(label: string): Charset {
  const decoder = new TextDecoder(label, { fatal: true, ignoreBOM: true });
  let table: ReadonlyMap<string, readonly number[]> | undefined;
  return {
    encode: (text) => {
      if (/^[\0-\x7f]*$/.test(text)) return Buffer.from(text, 'latin1');
      table ??= encodingTable(decoder);
      const bytes: number[] = [];
      for (const character of text) bytes.push(...(table.get(character) ?? [UNKNOWN.charCodeAt(0)]));
      return Uint8Array.from(bytes);
    },
    decode: (bytes) => {
      try {
        return decoder.decode(bytes);
      } catch {
        return undefined;
      }
    },
  };
}

function encodingTable(decoder: InstanceType<typeof TextDecoder>): ReadonlyMap<string, readonly number[]> {
  const table = new Map<string, readonly number[]>();
  const add = (...bytes: number[]): boolean => {
    let character: string;
    try {
      character = decoder.decode(Uint8Array.from(bytes));
    } catch {
      return false;
    }
    if ([...character].length === 1 && !table.has(character)) table.set(character, bytes);
    return true;
  };
  for (let byte = 0; byte < 0x100; byte++) {
    if (add(byte)) continue;
    for (let second = 0x40; second < 0x100; second++) add(byte, second);
  }
  return table;
}
