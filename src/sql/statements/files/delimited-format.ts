/** FIELDS … LINES … with MySQL's defaults filled in, as bytes. */
import type { FileFormat } from '../../syntax/ast/query.ts';
import { notSupported, SqlError } from '../../types/sql-error.ts';

/** Marks as strings of bytes (a character each), so that they are found in files of any character set. */
export interface DelimitedFormat {
  readonly fieldEnd: string;
  readonly lineStart: string;
  /** Empty: a line ends with its last field. */
  readonly lineEnd: string;
  /** Code of the byte that encloses fields; -1 without one. */
  readonly enclosureByte: number;
  readonly optionallyEnclosed: boolean;
  /** Code of the byte that escapes; -1 without one. */
  readonly escapeByte: number;
}

/** Throws 1083 for marks of more than one character where one is wanted, 1235 for fields without marks between them. */
export function delimitedFormat(format: FileFormat): DelimitedFormat {
  const { fieldsTerminatedBy = '\t', linesStartingBy = '', linesTerminatedBy = '\n' } = format;
  if (fieldsTerminatedBy === '') throw notSupported('files of fields of fixed width');
  return {
    fieldEnd: asBytes(fieldsTerminatedBy),
    lineStart: asBytes(linesStartingBy),
    lineEnd: asBytes(linesTerminatedBy),
    enclosureByte: singleByte(format.enclosedBy ?? ''),
    optionallyEnclosed: format.optionallyEnclosed === true,
    escapeByte: singleByte(format.escapedBy ?? '\\'),
  };
}

const asBytes = (text: string): string => Buffer.from(text).toString('latin1');

function singleByte(mark: string): number {
  const bytes = asBytes(mark);
  if (bytes.length > 1) {
    throw new SqlError(1083, '42000', 'Field separator argument is not what is expected; check the manual');
  }
  return bytes === '' ? -1 : bytes.charCodeAt(0);
}
