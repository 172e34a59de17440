/**
 * Types from and to text: Dolt's stored `sql_type` (FORMAT §3.10), and what SHOW, DESCRIBE and information_schema print.
 * The two differ in what is always written: the stored text has `datetime(0)` where the display has `datetime`.
 */
import { DoltError } from '../../base/errors.ts';
import { collationByName, collationOfCharacterSet } from '../../tuple/collation.ts';
import {
  BIGINT,
  type CollationName,
  DATE,
  DEFAULT_COLLATION,
  DOUBLE,
  FLOAT,
  GEOMETRY_SHAPES,
  type GeometryShape,
  INT,
  type IntegerType,
  JSON_TYPE,
  type LobSize,
  MEDIUMINT,
  SMALLINT,
  type SqlType,
  TINYINT,
  YEAR,
} from './sql-type.ts';

const INTEGERS: Readonly<Record<string, IntegerType>> = {
  tinyint: TINYINT,
  smallint: SMALLINT,
  mediumint: MEDIUMINT,
  int: INT,
  bigint: BIGINT,
};
const INTEGER_NAMES: Readonly<Record<number, string>> = {
  8: 'tinyint',
  16: 'smallint',
  24: 'mediumint',
  32: 'int',
  64: 'bigint',
};
const LOB_PREFIX: Readonly<Record<LobSize, string>> = { tiny: 'tiny', normal: '', medium: 'medium', long: 'long' };
const LOB_SIZES: Readonly<Record<string, LobSize>> = { tiny: 'tiny', '': 'normal', medium: 'medium', long: 'long' };
const SHAPES: ReadonlySet<string> = new Set(GEOMETRY_SHAPES);

/** Bytes that a TEXT or BLOB of a size holds at most. */
export function lobCapacity(size: LobSize): number {
  return size === 'tiny' ? 255 : size === 'normal' ? 65_535 : size === 'medium' ? 16_777_215 : 4_294_967_295;
}

function characterSetOf(collation: CollationName): string {
  return collationByName(collation)?.characterSet ?? (collation.split('_')[0] as string);
}

class StoredTypeParser {
  readonly #text: string;
  #at = 0;
  constructor(text: string) {
    this.#text = text;
  }

  #corrupt(): DoltError {
    return new DoltError('corrupt', `unknown column type ${JSON.stringify(this.#text)}`);
  }
  #blanks(): void {
    while (this.#text[this.#at] === ' ') this.#at++;
  }
  #word(): string {
    this.#blanks();
    const match = /^[A-Za-z_0-9]+/.exec(this.#text.slice(this.#at));
    if (match === null) return '';
    this.#at += match[0].length;
    return match[0];
  }
  #take(symbol: string): boolean {
    this.#blanks();
    if (this.#text[this.#at] !== symbol) return false;
    this.#at++;
    return true;
  }
  #numbers(): number[] {
    if (!this.#take('(')) return [];
    const numbers: number[] = [];
    do numbers.push(Number(this.#word()));
    while (this.#take(','));
    if (!this.#take(')') || numbers.some(Number.isNaN)) throw this.#corrupt();
    return numbers;
  }
  #strings(): string[] {
    if (!this.#take('(')) throw this.#corrupt();
    const strings: string[] = [];
    do {
      if (!this.#take("'")) throw this.#corrupt();
      let value = '';
      for (;;) {
        const character = this.#text[this.#at++];
        if (character === undefined) throw this.#corrupt();
        if (character === "'") {
          if (this.#text[this.#at] !== "'") break;
          this.#at++;
        }
        value += character;
      }
      strings.push(value);
    } while (this.#take(','));
    if (!this.#take(')')) throw this.#corrupt();
    return strings;
  }
  #collation(): CollationName {
    let collation: CollationName | undefined;
    for (;;) {
      const word = this.#word().toLowerCase();
      if (word === '') break;
      if (word === 'collate') collation = this.#word().toLowerCase();
      else if (word === 'character' || word === 'charset') {
        if (word === 'character') this.#word();
        const set = this.#word();
        collation ??= collationOfCharacterSet(set)?.name ?? `${set}_bin`;
      } else throw this.#corrupt();
    }
    return collation ?? DEFAULT_COLLATION;
  }

  parse(): SqlType {
    const type = this.#type(this.#word().toLowerCase());
    this.#blanks();
    if (this.#at < this.#text.length) throw this.#corrupt();
    return type;
  }

  #type(name: string): SqlType {
    const whole = INTEGERS[name];
    if (whole !== undefined) {
      const [width] = this.#numbers();
      const unsigned = this.#word().toLowerCase() === 'unsigned';
      if (whole.bits === 8 && width === 1 && !unsigned) return { ...whole, width: 1 };
      return unsigned ? { ...whole, unsigned: true } : whole;
    }
    switch (name) {
      case 'float':
      case 'double':
        this.#numbers();
        this.#word();
        return name === 'float' ? FLOAT : DOUBLE;
      case 'decimal': {
        const [precision = 10, scale = 0] = this.#numbers();
        this.#word();
        return { kind: 'decimal', precision, scale };
      }
      case 'bit':
        return { kind: 'bit', width: this.#numbers()[0] ?? 1 };
      case 'year':
        this.#numbers();
        return YEAR;
      case 'date':
        return DATE;
      case 'time':
        return { kind: 'time', precision: this.#numbers()[0] ?? 6 };
      case 'datetime':
      case 'timestamp':
        return { kind: name, precision: this.#numbers()[0] ?? 0 };
      case 'char':
      case 'varchar': {
        const length = this.#numbers()[0] ?? 1;
        return { kind: name, length, collation: this.#collation() };
      }
      case 'binary':
      case 'varbinary':
        return { kind: name, length: this.#numbers()[0] ?? 1 };
      case 'enum':
      case 'set': {
        const members = this.#strings();
        return { kind: name, members, collation: this.#collation() };
      }
      case 'json':
        return JSON_TYPE;
      default:
        return this.#lobOrGeometry(name);
    }
  }

  #lobOrGeometry(name: string): SqlType {
    const lob = /^(tiny|medium|long|)(text|blob)$/.exec(name);
    if (lob !== null) {
      const size = LOB_SIZES[lob[1] as string] as LobSize;
      return lob[2] === 'blob' ? { kind: 'blob', size } : { kind: 'text', size, collation: this.#collation() };
    }
    const shape = name === 'geomcollection' ? 'geometrycollection' : name;
    if (!SHAPES.has(shape)) throw this.#corrupt();
    const word = this.#word().toLowerCase();
    if (word === '') return { kind: 'geometry', shape: shape as GeometryShape };
    if (word !== 'srid') throw this.#corrupt();
    return { kind: 'geometry', shape: shape as GeometryShape, srid: Number(this.#word()) };
  }
}

const parsed = new Map<string, SqlType>();

/** Parses the stored spelling. Throws `corrupt` on what is no type. Equal texts give one object. */
export function parseStoredType(text: string): SqlType {
  let type = parsed.get(text);
  if (type === undefined) {
    type = new StoredTypeParser(text).parse();
    if (parsed.size < 1000) parsed.set(text, type);
  }
  return type;
}

function memberList(members: readonly string[]): string {
  return `(${members.map((member) => `'${member.replaceAll("'", "''")}'`).join(',')})`;
}

function collationClause(collation: CollationName, inherited: CollationName): string {
  if (collation === inherited) return '';
  const set = characterSetOf(collation);
  return set === characterSetOf(inherited) ? ` COLLATE ${collation}` : ` CHARACTER SET ${set} COLLATE ${collation}`;
}

function typeText(type: SqlType, inherited: CollationName, stored: boolean): string {
  switch (type.kind) {
    case 'integer': {
      const width = type.width === undefined ? '' : `(${type.width})`;
      return `${INTEGER_NAMES[type.bits]}${width}${type.unsigned ? ' unsigned' : ''}`;
    }
    case 'float':
    case 'double':
    case 'year':
    case 'date':
    case 'json':
    case 'null':
      return type.kind;
    case 'decimal':
      return `decimal(${type.precision},${type.scale})`;
    case 'bit':
      return `bit(${type.width})`;
    case 'time':
      return 'time(6)';
    case 'datetime':
    case 'timestamp':
      return stored || type.precision > 0 ? `${type.kind}(${type.precision})` : type.kind;
    case 'char':
    case 'varchar':
      return `${type.kind}(${type.length})${collationClause(type.collation, inherited)}`;
    case 'text':
      return `${LOB_PREFIX[type.size]}text${collationClause(type.collation, inherited)}`;
    case 'binary':
    case 'varbinary':
      return `${type.kind}(${type.length})`;
    case 'blob':
      return `${LOB_PREFIX[type.size]}blob`;
    case 'enum':
    case 'set':
      return `${type.kind}${memberList(type.members)}${collationClause(type.collation, inherited)}`;
    case 'geometry':
      if (type.srid === undefined) return type.shape;
      return stored ? `${type.shape} SRID ${type.srid}` : type.shape;
  }
}

/** The stored spelling: `datetime(0)`, `varchar(40) COLLATE utf8mb4_0900_ai_ci`. */
export function storedTypeText(type: SqlType): string {
  return typeText(type, DEFAULT_COLLATION, true);
}

/**
 * As DESCRIBE and SHOW CREATE TABLE print it; a collation other than the table's is named. The SRID of a geometry is a
 * clause of the column, not of this text.
 */
export function displayTypeText(type: SqlType, tableCollation: CollationName = DEFAULT_COLLATION): string {
  return typeText(type, tableCollation, false);
}
