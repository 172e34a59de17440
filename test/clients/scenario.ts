/**
 * What every client of MySQL has to do with the server, and what must come of it, said once for all of them. A client's
 * program (see `programs/`) reads it from standard input and writes what it got to standard output, in lines of fields with
 * tabs between them; a field is percent-encoded, `\N` is NULL:
 *
 *     host 127.0.0.1 · port 3306 · socket /…/mysql.sock · certificate /…/cert.pem      where the server is
 *     columns bit integer unsigned double decimal text bytes date …                    how each column is bound and read
 *     row 1 …                                                                          a row to write with parameters
 *     error insert into …                                                              a statement that must fail
 *
 *     got tcp shop root@localhost                                                      a check, and what it saw
 *     failed tcp …                                                                     a check that threw
 */
import { createHash } from 'node:crypto';

/** How a value is bound to a `?`, and in what form it is read: `bytes` and `bit` as hexadecimal digits, others as text. */
export type Binding = 'integer' | 'unsigned' | 'double' | 'float' | 'decimal' | 'text' | 'moment' | 'bytes' | 'bit';

export interface Column {
  readonly declared: string;
  readonly binding: Binding;
  readonly values: readonly string[];
}

const nines = (count: number): string => '9'.repeat(count);

/** The least, the greatest, and what is easily got wrong, of every type. */
export const COLUMNS: readonly Column[] = [
  { declared: 'tinyint', binding: 'integer', values: ['-128', '127', '0', '-1'] },
  { declared: 'tinyint unsigned', binding: 'integer', values: ['0', '255', '128'] },
  { declared: 'smallint', binding: 'integer', values: ['-32768', '32767', '-129'] },
  { declared: 'smallint unsigned', binding: 'integer', values: ['0', '65535', '32768'] },
  { declared: 'mediumint', binding: 'integer', values: ['-8388608', '8388607', '-32769'] },
  { declared: 'mediumint unsigned', binding: 'integer', values: ['0', '16777215', '8388608'] },
  { declared: 'int', binding: 'integer', values: ['-2147483648', '2147483647', '-1'] },
  { declared: 'int unsigned', binding: 'integer', values: ['0', '4294967295', '2147483648'] },
  {
    declared: 'bigint',
    binding: 'integer',
    values: ['-9223372036854775808', '9223372036854775807', '9007199254740993'],
  },
  { declared: 'bigint unsigned', binding: 'unsigned', values: ['0', '18446744073709551615', '9223372036854775808'] },
  {
    declared: 'decimal(65,30)',
    binding: 'decimal',
    values: [`-${nines(35)}.${nines(30)}`, `${nines(35)}.${nines(30)}`],
  },
  { declared: 'decimal(65,0)', binding: 'decimal', values: [`-${nines(65)}`, nines(65), '0'] },
  { declared: 'decimal(5,2)', binding: 'decimal', values: ['-999.99', '999.99', '0.01', '-0.10'] },
  { declared: 'float', binding: 'float', values: ['-0.5', '1.25', '16777216'] },
  {
    declared: 'double',
    binding: 'double',
    values: ['-1.7976931348623157e308', '0.1', '2.2250738585072014e-308', '-0.3'],
  },
  { declared: 'bit(1)', binding: 'bit', values: ['00', '01'] },
  { declared: 'bit(64)', binding: 'bit', values: ['0000000000000000', 'ffffffffffffffff', '8000000000000001'] },
  { declared: 'date', binding: 'moment', values: ['1000-01-01', '9999-12-31', '0000-00-00', '2024-02-29'] },
  {
    declared: 'datetime(6)',
    binding: 'moment',
    values: ['1000-01-01 00:00:00', '9999-12-31 23:59:59.999999', '0000-00-00 00:00:00', '2024-02-29 00:00:00.000001'],
  },
  {
    declared: 'datetime',
    binding: 'moment',
    values: ['1000-01-01 00:00:00', '9999-12-31 23:59:59', '2024-02-29 01:02:03'],
  },
  { declared: 'timestamp(3)', binding: 'moment', values: ['1970-01-01 00:00:01', '2038-01-19 03:14:07.499'] },
  { declared: 'time(6)', binding: 'moment', values: ['-838:59:59', '838:59:59', '25:00:00.5', '-00:00:00.000001'] },
  { declared: 'time', binding: 'moment', values: ['00:00:00', '-00:00:01', '101:02:03'] },
  { declared: 'year', binding: 'integer', values: ['1901', '2155'] },
  { declared: 'char(10)', binding: 'text', values: ['', 'é€🙂', "a'b"] },
  { declared: 'varchar(300)', binding: 'text', values: ['', 'x'.repeat(251), '\\ \0 \n " %', '🙂'.repeat(64)] },
  { declared: 'longtext', binding: 'text', values: ['', 'y'.repeat(70_000), '中'.repeat(22_000)] },
  { declared: 'binary(4)', binding: 'bytes', values: ['00000000', 'ffffffff', '00ff5c27'] },
  { declared: 'varbinary(300)', binding: 'bytes', values: ['', '00', `ff${'00'.repeat(250)}`] },
  { declared: 'longblob', binding: 'bytes', values: ['', 'fe', 'fefd00'.repeat(25_000)] },
  { declared: "enum('p','q é')", binding: 'text', values: ['p', 'q é'] },
  { declared: "set('u','v','w')", binding: 'text', values: ['', 'u,w', 'u,v,w'] },
  { declared: 'json', binding: 'text', values: ['{"a":[1,null,"é"],"b":{}}', '[]', 'null', '9007199254740991'] },
];

/** A row for each n-th value; columns that have fewer are NULL there, and the last row is NULL throughout. */
export function rowsOf(columns: readonly Column[]): (string | null)[][] {
  const count = 1 + Math.max(...columns.map(({ values }) => values.length));
  return Array.from({ length: count }, (_, row) => columns.map(({ values }) => values[row] ?? null));
}

/** The same value has the same text, whatever the client makes of it. */
export function normal(text: string | null, binding: Binding): string | null {
  if (text === null) return null;
  if (binding === 'double') return String(Number(text));
  if (binding === 'float') return String(Math.fround(Number(text)));
  if (binding === 'moment')
    return text.replace(/(:\d\d)\.(\d*?)0*$/, (_, seconds, digits) => seconds + (digits && `.${digits}`));
  return text;
}

/** Statements that fail, with errno and SQLSTATE. */
export const ERRORS: readonly (readonly [statement: string, errno: string, state: string])[] = [
  ['selec 1', '1064', '42000'],
  ['select * from nope', '1146', '42S02'],
  ['select nope from numbers', '1054', '42S22'],
  ['insert into numbers values (1)', '1062', '23000'],
  ['insert into numbers values (null)', '1048', '23000'],
  ['select nope(1)', '1305', '42000'],
  ['use nope', '1049', '42000'],
  ['create table numbers (id int)', '1050', '42S01'],
];

/** Beyond one packet of 16 MB. */
export const BIG = Buffer.alloc(20_000_000, Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)));

const bigSum = createHash('sha1').update(BIG).digest('hex');

/** Rows of the table `numbers`: 1 to this. */
export const NUMBERS = 3000;

/** What each check must have got, line by line. `text` and `binary` come with the rows. */
export const EXPECTED = {
  tcp: [['shop', 'root@localhost']],
  socket: [['shop', 'root@localhost']],
  // The account cannot log in without.
  tls: [['guard@localhost']],
  // In full with the server's RSA key; then by what the server remembers.
  sha2: [['ada@localhost'], ['ada@localhost']],
  'sha2 tls': [['bob@localhost'], ['bob@localhost']],
  native: [['old@localhost']],
  refused: [['1045', '28000']],
  transaction: [['0', '1']],
  results: [['1', '2'], ['3']],
  errors: ERRORS.map(([, errno, state]) => [errno, state]),
  // The connection is gone; a new one is served.
  killed: [['lost', '1']],
  big: [[String(BIG.length), bigSum, 'equal']],
  compressed: [[String(BIG.length), bigSum, 'equal']],
  // Bound in the language's own type and read as it.
  moment: [['2024-02-29 01:02:03.123456']],
  // Another user, whose variables are gone.
  'change user': [['changed', null]],
  // The same user; variables and the transaction that was open are gone.
  reset: [['root@localhost', null, '0']],
  // Rows that come in portions.
  cursor: [[String(NUMBERS), String((NUMBERS * (NUMBERS + 1)) / 2)]],
  // Refused unless the server allows it; the connection goes on.
  infile: [['refused', '1']],
} as const satisfies Readonly<Record<string, readonly (readonly (string | null)[])[]>>;

export type Check = keyof typeof EXPECTED | 'text' | 'binary';
