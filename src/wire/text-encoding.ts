/** Text in the character sets that clients may ask for. Inside, all text is a string; on the wire UTF-8 unless told. */
import { decodeUtf8 } from '../base/utf8.ts';
import { type Charset, charsetOf } from '../sql/types/charset-bytes.ts';
import { collationById, collationOfCharacterSet } from '../tuple/collation.ts';

export interface TextEncoding {
  /** Id of the collation that stands for it in column definitions; 0 where text goes out as it is stored. */
  readonly collation: number;
  readonly isUtf8: boolean;
  encode(text: string): Buffer;
  /** Bytes that are no UTF-8 stay as `hasStrayBytes` knows them. */
  decode(bytes: Buffer): string;
}

const UTF8: Omit<TextEncoding, 'collation'> = {
  isUtf8: true,
  encode: (text) => Buffer.from(text),
  decode: decodeUtf8,
};

/** Bytes that are no text of the character set are taken for Latin-1, so that none is lost. */
function byCharset({ encode, decode }: Charset): Omit<TextEncoding, 'collation'> {
  return {
    isUtf8: false,
    encode: (text) => Buffer.from(encode(text)),
    decode: (bytes) => decode(bytes) ?? bytes.toString('latin1'),
  };
}

/** utf8mb4_0900_ai_ci, the default of MySQL 8. */
export const DEFAULT_CLIENT_COLLATION = 255;

const encodings = new Map<string, TextEncoding>();

/** The encoding of a character set, the same each time; undefined for one that text cannot be sent in. */
export function encodingOf(characterSet: string, collation: number): TextEncoding | undefined {
  const key = `${collation} ${characterSet.toLowerCase()}`;
  const known = encodings.get(key);
  if (known !== undefined) return known;
  const made = newEncoding(characterSet, collation);
  if (made !== undefined) encodings.set(key, made);
  return made;
}

function newEncoding(characterSet: string, collation: number): TextEncoding | undefined {
  switch (characterSet.toLowerCase()) {
    case 'utf8mb4':
    case 'utf8mb3':
    case 'utf8':
      return { ...UTF8, collation };
    case 'binary':
    case 'null':
    case '':
      return { ...UTF8, collation: 0 };
    default: {
      const name = collationOfCharacterSet(characterSet)?.name;
      const charset = name === undefined ? undefined : charsetOf(name);
      return charset && { ...byCharset(charset), collation };
    }
  }
}

/** The character set of a collation's id, as the handshake gives it; utf8mb4 for one that is not known. */
export function characterSetOfId(id: number): { readonly characterSet: string; readonly collation: string } {
  const known = collationById(id);
  if (id === 0 || known === undefined) return { characterSet: 'utf8mb4', collation: 'utf8mb4_0900_ai_ci' };
  return { characterSet: known.characterSet, collation: known.name };
}
