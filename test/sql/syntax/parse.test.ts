/**
 * Statements and their trees. A golden file holds statements, each followed by `---` and the dump of its tree (or the
 * error); `UPDATE_GOLDEN=1` rewrites the dumps; read the diff.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { isComplete } from '../../../src/sql/syntax/delimiters.ts';
import { parseOptionsOf, parseStatement, parseStatements, ScriptReader } from '../../../src/sql/syntax/parse.ts';
import { SqlSyntaxError } from '../../../src/sql/syntax/sql-syntax-error.ts';
import { dump } from './dump.ts';

const folder = fileURLToPath(new URL('./golden/', import.meta.url));

function outcome(sql: string): string {
  try {
    return parseStatements(sql)
      .map(({ statement }) => dump(statement))
      .join('\n');
  } catch (error) {
    if (error instanceof SqlSyntaxError) return error.message;
    throw error;
  }
}

for (const file of readdirSync(folder)) {
  test(`trees of ${file}`, () => {
    const text = readFileSync(folder + file, 'utf8');
    const records = text.split('\n\n').filter((record) => record.trim() !== '');
    const actual = records.map((record) => {
      const sql = record.split('\n---\n')[0]!.trim();
      return `${sql}\n---\n${outcome(sql)}\n`;
    });
    if (process.env['UPDATE_GOLDEN']) writeFileSync(folder + file, actual.join('\n'));
    else expect(actual.join('\n')).toBe(text);
  });
}

test('each statement has its exact source', () => {
  const script = "  select 1 ;; /* c */ insert into t values (';') # end\n; select `a;b` -- x";
  expect(parseStatements(script).map(({ text }) => text)).toEqual([
    'select 1',
    "insert into t values (';')",
    'select `a;b`',
  ]);
});

test('a list that is empty is none', () => {
  expect(() => new ScriptReader('select 1 in ()').next()).toThrow("near ')' at line 1, column 14");
});

test('statements before a syntax error and after it are read', () => {
  const reader = new ScriptReader('select 1;\n select 2;\n\n  selec 3; select 4');
  expect(reader.next()?.text).toBe('select 1');
  expect(reader.next()?.text).toBe('select 2');
  expect(() => reader.next()).toThrow("near 'selec 3; select 4' at line 4, column 3");
  expect(reader.next()?.text).toBe('select 4');
  expect(reader.next()).toBeUndefined();
});

test.each(['', ' ;; ', '-- nothing'])('%j is no statement', (sql) => {
  expect(() => parseStatement(sql)).toThrow('Query was empty');
});

test.each([
  ['select', 1, 7, ''],
  ['select 1 +', 1, 11, ''],
  ['select\n * from t where ( and', 2, 19, 'and'],
  ["select 'abc", 1, 8, "'abc"],
  ['select `abc', 1, 8, '`abc'],
  ['select 1 /* open', 1, 10, '/* open'],
  ['create table t (a int, b foo)', 1, 26, 'foo)'],
  ['insert into t values (1', 1, 24, ''],
  ['select a from where x', 1, 15, 'where x'],
  ['select "ä𝄞" frm t x', 1, 17, 't x'],
  ['update t set', 1, 13, ''],
  ['drop', 1, 5, ''],
  ["select x'414'", 1, 8, "x'414'"],
])('the error of %j stands at line %i, column %i', (sql, line, column, near) => {
  let error: unknown;
  try {
    parseStatement(sql);
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toBeInstanceOf(SqlSyntaxError);
  expect(error).toMatchObject({ line, column, near, errno: 1064, sqlState: '42000', kind: 'invalid' });
});

test('sql_mode changes the grammar', () => {
  const label = (sql: string, mode: string): string => dump(parseStatement(sql, parseOptionsOf(mode)).statement);
  expect(label('select "a" || 1', '')).toContain('(or operands=[(string value="a")');
  expect(label('select "a" || 1', 'ANSI')).toContain('(binary operator="concat" left=(column name="a")');
  expect(label('select not 1 = 2', '')).toContain('(unary operator="not" operand=(binary');
  expect(label('select not 1 = 2', 'HIGH_NOT_PRECEDENCE')).toContain('(binary operator="=" left=(unary operator="not"');
  expect(label(String.raw`select 'a\'`, 'NO_BACKSLASH_ESCAPES')).toContain(String.raw`value="a\\"`);
});

test('DELIMITER ends statements elsewhere', () => {
  const script = `select 1;
delimiter //
create trigger t before insert on x for each row begin set new.a = 1; set new.b = '//'; end//
select 2; select 3//
DELIMITER $$
create procedure p() begin select 1; end$$
delimiter ;
select 4;`;
  expect(parseStatements(script).map(({ text }) => text)).toEqual([
    'select 1',
    "create trigger t before insert on x for each row begin set new.a = 1; set new.b = '//'; end",
    'select 2',
    'select 3',
    'create procedure p() begin select 1; end',
    'select 4',
  ]);
});

test.each([
  ['select 1', false],
  ['select 1;', true],
  ['select ";";', true],
  ["select ';", false],
  ["select '\\';", false],
  ['delimiter //\nselect 1;', false],
  ['delimiter //\nselect 1;//', true],
  ['select 1; -- and no more;', true],
  ['-- only this', true],
  ['select 1 -- ;', false],
])('is %j complete? %j', (text, complete) => {
  expect(isComplete(text)).toBe(complete);
});

test('what is nested without end is refused, in linear time', () => {
  const openings = ['(', 'not ', '- ', 'f(', 'interval (', '(select ', 'case when ', 'a in ('];
  for (const opening of openings) {
    const deep = `select ${opening.repeat(100_000)}`;
    const started = performance.now();
    expect(() => parseStatement(deep), opening).toThrow('nested too deeply');
    expect(performance.now() - started).toBeLessThan(1_000);
  }
  expect(() => parseStatement(`select 1${' or 1'.repeat(100_000)}`)).not.toThrow();
});

test('the parentheses around a query belong to the statement', () => {
  for (const sql of ['(select 1)', '((select 1))', '((select 1) union (select 2))', '((select 1)) limit 1']) {
    const { statement } = parseStatement(sql);
    expect(sql.slice(statement.start, statement.end)).toBe(sql);
  }
});
