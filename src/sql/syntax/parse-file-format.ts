/** CHARACTER SET, FIELDS and LINES of LOAD DATA and INTO OUTFILE. */
import type { FileFormat } from './ast/query.ts';
import type { Tokens } from './tokens.ts';

type Building = { -readonly [Key in keyof FileFormat]: FileFormat[Key] };

export function parseFileFormat(tokens: Tokens): FileFormat {
  const format: Building = {};
  if (tokens.acceptAll('character', 'set') || tokens.accept('charset')) format.charset = tokens.anyWord().toLowerCase();
  if (tokens.acceptOne('fields', 'columns') !== undefined) while (parseFields(tokens, format)) {}
  if (tokens.accept('lines')) while (parseLines(tokens, format)) {}
  return format;
}

function parseFields(tokens: Tokens, format: Building): boolean {
  if (tokens.acceptAll('terminated', 'by')) format.fieldsTerminatedBy = tokens.string();
  else if (tokens.acceptAll('escaped', 'by')) format.escapedBy = tokens.string();
  else if (tokens.acceptAll('enclosed', 'by')) format.enclosedBy = tokens.string();
  else if (tokens.acceptAll('optionally', 'enclosed', 'by')) {
    format.enclosedBy = tokens.string();
    format.optionallyEnclosed = true;
  } else return false;
  return true;
}

function parseLines(tokens: Tokens, format: Building): boolean {
  if (tokens.acceptAll('starting', 'by')) format.linesStartingBy = tokens.string();
  else if (tokens.acceptAll('terminated', 'by')) format.linesTerminatedBy = tokens.string();
  else return false;
  return true;
}
