/** The character sets that files may be in. */
import type { FileFormat } from '../../syntax/ast/query.ts';
import { SqlError } from '../../types/sql-error.ts';

export interface FileCharset {
  /** `bytes` has a character for each byte. */
  decode(bytes: string): string;
  encode(text: string): Buffer;
}

const UTF8: FileCharset = {
  decode: (bytes) => Buffer.from(bytes, 'latin1').toString('utf8'),
  encode: (text) => Buffer.from(text),
};

const LATIN1: FileCharset = {
  decode: (bytes) => bytes,
  encode: (text) => Buffer.from(text.replace(/[^\0-\xff]/gu, '?'), 'latin1'),
};

/** Throws 1115 for others. */
export function fileCharset({ charset = 'utf8mb4' }: FileFormat): FileCharset {
  switch (charset) {
    case 'utf8mb4':
    case 'utf8mb3':
    case 'utf8':
    case 'binary':
      return UTF8;
    case 'latin1':
    case 'ascii':
      return LATIN1;
    default:
      throw new SqlError(1115, '42000', `Unknown character set: '${charset}'`);
  }
}
