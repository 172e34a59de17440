/**
 * The script format of SQLite's sqllogictest, in MySQL's reading. A script is a list of records, parted by empty lines:
 *
 *     skipif mysql                    the record is not for the engine · onlyif: for this one alone · any number of them
 *     statement ok                    or `error`; the SQL follows, up to the empty line
 *     query IRT rowsort label-1       a letter a column, an order, a label; the SQL follows, up to `----`, then the values
 *     hash-threshold 8                from how many values on results are written as their MD5; what is written tells
 *     halt                            the script ends here
 *
 * Lines that begin with `#` are remarks wherever a record may begin, and so are those between conditions and their record.
 */

/** Whose reading it is. */
const ENGINE = 'mysql';

export type SortMode = 'nosort' | 'rowsort' | 'valuesort';

export interface StatementRecord {
  readonly kind: 'statement';
  /** Of the first line, from 1. */
  readonly line: number;
  readonly fails: boolean;
  readonly sql: string;
}

export interface QueryRecord {
  readonly kind: 'query';
  readonly line: number;
  readonly sql: string;
  /** A letter a column: `T`ext, `I`nteger, `R`eal. */
  readonly types: string;
  readonly sort: SortMode;
  /** Queries with the same label have the same result. */
  readonly label: string | undefined;
  /** A value a line, or one line with their number and hash. Undefined: the script does not say. */
  readonly expected: readonly string[] | undefined;
}

export type LogicRecord = StatementRecord | QueryRecord;

export interface LogicScript {
  readonly records: readonly LogicRecord[];
  /** How many records are for other engines, or stand behind a halt. */
  readonly skipped: number;
}

/** Throws a plain Error, with its line, for what is none of the format. */
export function parseLogicScript(text: string): LogicScript {
  const lines = text.split(/\r?\n/);
  const records: LogicRecord[] = [];
  let skipped = 0;
  let isHalted = false;
  let isOurs = true;
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at]!;
    if (line.trim() === '') isOurs = true;
    if (line.trim() === '' || line.startsWith('#')) continue;
    const words = line.trim().split(/\s+/);
    const [command, argument = ''] = words;
    if (command === 'skipif') isOurs &&= argument !== ENGINE;
    else if (command === 'onlyif') isOurs &&= argument === ENGINE;
    else if (command === 'halt') isHalted ||= isOurs;
    else if (command === 'statement' || command === 'query') {
      const first = at;
      while (at + 1 < lines.length && lines[at + 1] !== '') at++;
      if (isHalted || !isOurs) skipped++;
      else records.push(recordOf(words, lines.slice(first + 1, at + 1), first + 1));
    } else if (command !== 'hash-threshold') throw new Error(`line ${at + 1}: no record of sqllogictest: ${line}`);
  }
  return { records, skipped };
}

function recordOf([kind, first = '', sort = 'nosort', label]: string[], body: string[], line: number): LogicRecord {
  if (kind === 'statement') {
    if (first !== 'ok' && first !== 'error') throw new Error(`line ${line}: statement ok or error, not ${first}`);
    return { kind, line, fails: first === 'error', sql: body.join('\n') };
  }
  if (sort !== 'nosort' && sort !== 'rowsort' && sort !== 'valuesort') {
    throw new Error(`line ${line}: no order: ${sort}`);
  }
  if (!/^[TIR]+$/.test(first)) throw new Error(`line ${line}: no types of columns: ${first}`);
  const mark = body.indexOf('----');
  const sql = (mark < 0 ? body : body.slice(0, mark)).join('\n');
  return { kind: 'query', line, types: first, sort, label, sql, expected: mark < 0 ? undefined : body.slice(mark + 1) };
}
