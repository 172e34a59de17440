/**
 * Whatever the text, the parser gives a tree or an error that names the place or the thing, in linear time. Statements of the
 * golden scripts, of sqllogictest and of the parser's own tests are damaged by chance. `FUZZ_RUNS` damages more of them,
 * `FUZZ_SEED` others.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { type ParseOptions, parseStatements } from '../../../src/sql/syntax/parse.ts';
import { SqlSyntaxError } from '../../../src/sql/syntax/sql-syntax-error.ts';
import { SqlError } from '../../../src/sql/types/sql-error.ts';
import { Dice } from '../../dice.ts';
import { parseLogicScript } from '../../sqllogictest/records.ts';
import { readScript, scriptsBelow } from '../../sqllogictest/scripts.ts';

const RUNS = Number(process.env['FUZZ_RUNS'] ?? 3_000);
const SEED = Number(process.env['FUZZ_SEED'] ?? 1);

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** The blocks of scripts below a folder: what stands before `---`. */
function blocksBelow(folder: string, ending: string): string[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith(ending));
  return files.flatMap((file) =>
    readFileSync(join(folder, file), 'utf8')
      .split('\n\n')
      .map((block) => block.split('\n---')[0]!),
  );
}

function sqllogictestStatements(): string[] {
  const scripts = scriptsBelow(at('../../../fixtures/sqllogictest')).filter(({ name }) => name.startsWith('evidence'));
  return scripts.flatMap(({ path }) => parseLogicScript(readScript(path)).records.map(({ sql }) => sql));
}

const statements = [
  ...blocksBelow(at('./golden/'), '.txt'),
  ...blocksBelow(at('../../golden/'), '.golden'),
  ...sqllogictestStatements(),
];

/** What a lexer would call tokens, roughly. */
const piecesOf = (text: string): string[] => text.match(/\s+|[\w$]+|'[^']*'|[^\s\w]/g) ?? [];
const oddities = [
  "'",
  '"',
  '`',
  '(',
  ')',
  '/*',
  '*/',
  '/*!',
  '--',
  ';',
  '\0',
  '\\',
  '@',
  '@@',
  '0x',
  "x'",
  '\ud800',
  '🎲',
];

/** Each takes a statement, and damages it. */
const damages: readonly ((text: string, dice: Dice) => string)[] = [
  function flipBits(text, dice) {
    const bytes = Buffer.from(text);
    for (let n = dice.below(4); n >= 0 && bytes.length > 0; n--) bytes[dice.below(bytes.length)]! ^= 1 << dice.below(8);
    return bytes.toString('utf8');
  },
  function truncate(text, dice) {
    return text.slice(0, dice.below(text.length + 1));
  },
  function deleteTokens(text, dice) {
    const pieces = piecesOf(text);
    pieces.splice(dice.below(pieces.length + 1), 1 + dice.below(3));
    return pieces.join('');
  },
  function doubleTokens(text, dice) {
    const pieces = piecesOf(text);
    const from = dice.below(pieces.length + 1);
    pieces.splice(from, 0, ...pieces.slice(from, from + 1 + dice.below(6)));
    return pieces.join('');
  },
  function swapTokens(text, dice) {
    const pieces = piecesOf(text);
    const [a, b] = [dice.below(pieces.length), dice.below(pieces.length)];
    [pieces[a], pieces[b]] = [pieces[b] ?? '', pieces[a] ?? ''];
    return pieces.join('');
  },
  function insertOddity(text, dice) {
    const place = dice.below(text.length + 1);
    return text.slice(0, place) + dice.of(oddities) + text.slice(place);
  },
  function splice(text, dice) {
    const other = piecesOf(dice.of(statements));
    const pieces = piecesOf(text);
    return [...pieces.slice(0, dice.below(pieces.length + 1)), ...other.slice(dice.below(other.length + 1))].join('');
  },
];

const modes: readonly ParseOptions[] = [
  {},
  {},
  { ansiQuotes: true, pipesAsConcat: true, realAsFloat: true },
  { noBackslashEscapes: true, highNotPrecedence: true },
];

/** Parses; of the processor's time, milliseconds, which a busy machine hardly changes. */
function parsed(text: string, options: ParseOptions): number {
  const before = process.cpuUsage();
  try {
    for (const { statement, text: own } of parseStatements(text, options)) {
      expect(text.slice(statement.start, statement.end)).toBe(own);
    }
  } catch (error) {
    if (error instanceof SqlSyntaxError) expect(error.position).toBeLessThanOrEqual(text.length);
    else if (!(error instanceof SqlError && error.kind === 'unsupported')) throw error;
  }
  return process.cpuUsage(before).user / 1000;
}

test('damaged statements', () => {
  expect(statements.length).toBeGreaterThan(500);
  const dice = new Dice(SEED);
  for (let run = 0; run < RUNS; run++) {
    let text = dice.of(statements);
    for (let n = dice.below(3); n >= 0; n--) text = dice.of(damages)(text, dice);
    const options = dice.of(modes);
    let ms: number;
    try {
      ms = parsed(text, options);
    } catch (error) {
      throw new Error(`${JSON.stringify(text)} ${JSON.stringify(options)}`, { cause: error });
    }
    expect(ms, text).toBeLessThan(500);
  }
});

test('time is linear', () => {
  const dice = new Dice(SEED);
  const MANY = 40_000;
  for (const piece of [
    '(',
    ')',
    'select ',
    "'",
    '`',
    '"',
    '/*',
    '/*!',
    '*/',
    '--',
    '-- \n',
    '#',
    ';',
    ',',
    '@',
    '@@',
    '.',
    ...oddities,
  ]) {
    for (const begin of [
      '',
      'select ',
      'select 1 ',
      'insert into t values ',
      'create table t ',
      'select * from t ',
      'set ',
    ]) {
      // Some seconds for quadratic time, some milliseconds for linear.
      expect(parsed(begin + piece.repeat(MANY), dice.of(modes)), begin + piece).toBeLessThan(2000);
    }
  }
  const words =
    'a,1,(,),select,from,where,not,null,case,when,then,end,join,on,union,values,as,with,interval,.,->,||,@a,:=';
  for (let run = 0; run < 40; run++) {
    const list = words.split(',');
    const piece = Array.from({ length: 1 + dice.below(4) }, () => dice.of(list)).join(' ');
    expect(parsed(`select ${`${piece} `.repeat(MANY)}`, {}), piece).toBeLessThan(2000);
  }
});
