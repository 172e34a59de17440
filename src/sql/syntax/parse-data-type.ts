/** Types of columns and of CAST. */

import { GEOMETRY_SHAPES } from '../types/sql-type.ts';
import type { DataType, DataTypeName } from './ast/data-type.ts';
import type { CastType } from './ast/expression.ts';
import { deprecated, deprecatedType, noteCharset } from './deprecations.ts';
import { span, type Tokens } from './tokens.ts';

/** How a type's name is followed by parentheses. */
type Shape = 'none' | 'length' | 'lengthScale' | 'members';

interface TypeWord {
  readonly name: DataTypeName;
  readonly shape: Shape;
  /** Taken by the alias. */
  readonly length?: number;
}

const typeWords = new Map<string, TypeWord>([
  ['tinyint', { name: 'tinyint', shape: 'length' }],
  ['int1', { name: 'tinyint', shape: 'length' }],
  ['bool', { name: 'tinyint', shape: 'none', length: 1 }],
  ['boolean', { name: 'tinyint', shape: 'none', length: 1 }],
  ['smallint', { name: 'smallint', shape: 'length' }],
  ['int2', { name: 'smallint', shape: 'length' }],
  ['mediumint', { name: 'mediumint', shape: 'length' }],
  ['middleint', { name: 'mediumint', shape: 'length' }],
  ['int3', { name: 'mediumint', shape: 'length' }],
  ['int', { name: 'int', shape: 'length' }],
  ['integer', { name: 'int', shape: 'length' }],
  ['int4', { name: 'int', shape: 'length' }],
  ['bigint', { name: 'bigint', shape: 'length' }],
  ['int8', { name: 'bigint', shape: 'length' }],
  ['decimal', { name: 'decimal', shape: 'lengthScale' }],
  ['dec', { name: 'decimal', shape: 'lengthScale' }],
  ['numeric', { name: 'decimal', shape: 'lengthScale' }],
  ['fixed', { name: 'decimal', shape: 'lengthScale' }],
  ['float', { name: 'float', shape: 'lengthScale' }],
  ['float4', { name: 'float', shape: 'none' }],
  ['double', { name: 'double', shape: 'lengthScale' }],
  ['real', { name: 'double', shape: 'lengthScale' }],
  ['float8', { name: 'double', shape: 'none' }],
  ['bit', { name: 'bit', shape: 'length' }],
  ['year', { name: 'year', shape: 'length' }],
  ['date', { name: 'date', shape: 'none' }],
  ['time', { name: 'time', shape: 'length' }],
  ['datetime', { name: 'datetime', shape: 'length' }],
  ['timestamp', { name: 'timestamp', shape: 'length' }],
  ['char', { name: 'char', shape: 'length' }],
  ['character', { name: 'char', shape: 'length' }],
  ['nchar', { name: 'char', shape: 'length' }],
  ['varchar', { name: 'varchar', shape: 'length' }],
  ['varcharacter', { name: 'varchar', shape: 'length' }],
  ['nvarchar', { name: 'varchar', shape: 'length' }],
  ['binary', { name: 'binary', shape: 'length' }],
  ['varbinary', { name: 'varbinary', shape: 'length' }],
  ['tinytext', { name: 'tinytext', shape: 'none' }],
  ['text', { name: 'text', shape: 'length' }],
  ['mediumtext', { name: 'mediumtext', shape: 'none' }],
  ['longtext', { name: 'longtext', shape: 'none' }],
  ['tinyblob', { name: 'tinyblob', shape: 'none' }],
  ['blob', { name: 'blob', shape: 'length' }],
  ['mediumblob', { name: 'mediumblob', shape: 'none' }],
  ['longblob', { name: 'longblob', shape: 'none' }],
  ['enum', { name: 'enum', shape: 'members' }],
  ['set', { name: 'set', shape: 'members' }],
  ['json', { name: 'json', shape: 'none' }],
  ['vector', { name: 'vector', shape: 'length' }],
  ['geomcollection', { name: 'geometrycollection', shape: 'none' }],
  ...GEOMETRY_SHAPES.map((name) => [name, { name, shape: 'none' }] as const),
]);

type Building = { -readonly [Key in keyof DataType]: DataType[Key] };

export function parseDataType(tokens: Tokens): DataType {
  const { start } = tokens;
  const type = parseTypeName(tokens);
  while (parseTypeAttribute(tokens, type)) {}
  noteDeprecated(tokens, type);
  type.end = tokens.lastEnd;
  type.start = start;
  return type;
}

const WHOLE_NUMBERS: ReadonlySet<string> = new Set(['tinyint', 'smallint', 'mediumint', 'int', 'bigint']);

function noteDeprecated(tokens: Tokens, { name, length, scale, zerofill, unsigned, charset }: Building): void {
  const isFraction = name === 'float' || name === 'double' || name === 'decimal';
  if (zerofill) deprecatedType(tokens, ZEROFILL);
  else if (unsigned && isFraction) deprecatedType(tokens, UNSIGNED);
  if (length !== undefined && WHOLE_NUMBERS.has(name) && !(name === 'tinyint' && length === 1)) {
    deprecatedType(tokens, 'Integer display width is deprecated and will be removed in a future release.');
  }
  if (scale !== undefined && name !== 'decimal') deprecatedType(tokens, DIGITS);
  if (name === 'year' && length === 4) deprecated(tokens, "'YEAR(4)'", 'Please use YEAR instead');
  if (charset !== undefined) noteCharset(tokens, charset);
}

const ZEROFILL =
  'The ZEROFILL attribute is deprecated and will be removed in a future release. Use the LPAD function to zero-pad numbers, or store the formatted numbers in a CHAR column.';
const UNSIGNED =
  'UNSIGNED for decimal and floating point data types is deprecated and support for it will be removed in a future release.';
const DIGITS =
  'Specifying number of digits for floating point data types is deprecated and will be removed in a future release.';

/** The name with its parentheses. */
function parseTypeName(tokens: Tokens): Building {
  const { start, word } = tokens;
  if (word === 'national') return parseNational(tokens);
  if (word === 'serial') {
    tokens.advance();
    return { name: 'bigint', start, end: tokens.lastEnd, unsigned: true, serial: true };
  }
  if (word === 'long') return parseLong(tokens);
  const known = typeWords.get(word);
  if (known === undefined) throw tokens.failure();
  tokens.advance();
  const { shape } = known;
  let name = word === 'real' && tokens.realAsFloat ? 'float' : known.name;
  if (word === 'double') tokens.accept('precision');
  if (name === 'char' && tokens.accept('varying')) name = 'varchar';
  const type: Building = { name, start, end: start };
  if (known.length !== undefined) type.length = known.length;
  if (word === 'nchar' || word === 'nvarchar') type.charset = 'utf8mb3';
  if (tokens.at('(')) parseTypeArguments(tokens, type, shape);
  return type;
}

function parseNational(tokens: Tokens): Building {
  const { start } = tokens;
  tokens.advance();
  const word = tokens.expectOne('char', 'character', 'varchar', 'varcharacter');
  const varying = word.startsWith('varchar') || tokens.accept('varying');
  const type: Building = { name: varying ? 'varchar' : 'char', start, end: start, charset: 'utf8mb3' };
  if (tokens.at('(')) parseTypeArguments(tokens, type, 'length');
  return type;
}

/** LONG, LONG VARCHAR, LONG VARBINARY. */
function parseLong(tokens: Tokens): Building {
  const { start } = tokens;
  tokens.advance();
  const name = tokens.acceptOne('varbinary', 'varchar', 'varcharacter') === 'varbinary' ? 'mediumblob' : 'mediumtext';
  if (tokens.accept('char')) tokens.expect('varying');
  return { name, start, end: tokens.lastEnd };
}

function parseTypeArguments(tokens: Tokens, type: Building, shape: Shape): void {
  if (shape === 'none') throw tokens.failure();
  tokens.advance();
  if (shape === 'members') type.members = tokens.list(() => tokens.string());
  else {
    type.length = parseLength(tokens);
    if (shape === 'lengthScale' && tokens.accept(',')) type.scale = tokens.integer();
  }
  tokens.expect(')');
}

/** Lengths beyond what any type takes are for the type check to refuse. */
function parseLength(tokens: Tokens): number {
  if (tokens.kind !== 'number') throw tokens.failure();
  const length = Number(tokens.source());
  tokens.advance();
  return length;
}

function parseTypeAttribute(tokens: Tokens, type: Building): boolean {
  switch (tokens.word) {
    case 'unsigned':
      type.unsigned = true;
      break;
    case 'signed':
      break;
    case 'zerofill':
      type.zerofill = true;
      type.unsigned = true;
      break;
    case 'binary':
      type.binary = true;
      break;
    case 'ascii':
      type.charset = 'latin1';
      break;
    case 'unicode':
      type.charset = 'ucs2';
      break;
    case 'byte':
      type.charset = 'binary';
      break;
    case 'charset':
      tokens.advance();
      type.charset = tokens.anyWord().toLowerCase();
      return true;
    case 'character':
    case 'char':
      tokens.advance();
      tokens.expect('set');
      type.charset = tokens.anyWord().toLowerCase();
      return true;
    case 'collate':
      tokens.advance();
      type.collation = tokens.anyWord().toLowerCase();
      return true;
    case 'srid':
      tokens.advance();
      type.srid = tokens.integer();
      return true;
    default:
      return false;
  }
  tokens.advance();
  return true;
}

const castNames = new Map<string, CastType['name']>([
  ['binary', 'binary'],
  ['char', 'char'],
  ['character', 'char'],
  ['varchar', 'char'],
  ['date', 'date'],
  ['datetime', 'datetime'],
  ['timestamp', 'datetime'],
  ['dec', 'decimal'],
  ['decimal', 'decimal'],
  ['numeric', 'decimal'],
  ['double', 'double'],
  ['float', 'float'],
  ['int', 'signed'],
  ['integer', 'signed'],
  ['json', 'json'],
  ['nchar', 'nchar'],
  ['real', 'real'],
  ['signed', 'signed'],
  ['time', 'time'],
  ['unsigned', 'unsigned'],
  ['year', 'year'],
  ...GEOMETRY_SHAPES.map((name) => [name, name] as const),
]);

export function parseCastType(tokens: Tokens): CastType {
  const { start, word } = tokens;
  const name = castNames.get(word);
  if (name === undefined) throw tokens.failure();
  tokens.advance();
  if (word === 'signed' || word === 'unsigned') tokens.acceptOne('int', 'integer');
  if (word === 'double') tokens.accept('precision');
  let length: number | undefined;
  let scale: number | undefined;
  if (tokens.accept('(')) {
    length = parseLength(tokens);
    if (tokens.accept(',')) scale = tokens.integer();
    tokens.expect(')');
  }
  let charset: string | undefined;
  if (tokens.accept('charset') || tokens.acceptAll('character', 'set') || tokens.acceptAll('char', 'set')) {
    charset = tokens.anyWord().toLowerCase();
  } else if (tokens.accept('ascii')) charset = 'latin1';
  else if (tokens.accept('unicode')) charset = 'ucs2';
  if (name === 'char') tokens.accept('binary');
  const array = tokens.accept('array');
  return {
    name,
    ...(length !== undefined && { length }),
    ...(scale !== undefined && { scale }),
    ...(charset !== undefined && { charset }),
    ...(array && { array }),
    ...span(tokens, start),
  };
}
