/** What system variables take. */
import { expect, test } from 'vitest';
import { memoryDatabase } from '../memory-engine.ts';

test.each([
  ['set global innodb_autoinc_lock_mode = 1', 'read only'],
  ['set auto_increment_increment = 0', "Variable 'auto_increment_increment' can't be set to the value of '0'"],
  ["set global connect_timeout = '1'", "Variable 'connect_timeout' can't be set to the value of '1'"],
  ['set long_query_time = -1', "Variable 'long_query_time' can't be set to the value of '-1'"],
])('with STRICT_ALL_TABLES: %s', async (statement, message) => {
  await expect(memoryDatabase().run(`set sql_mode = 'strict_all_tables'; ${statement}`)).rejects.toThrow(message);
});

test.each([
  ['auto_increment_increment = 0', '@@auto_increment_increment', '1'],
  ['auto_increment_increment = 65536', '@@auto_increment_increment', '65535'],
  ["global connect_timeout = '1'", '@@connect_timeout', '2'],
  ['long_query_time = -1', '@@long_query_time', '0'],
  ['max_join_size = -5', '@@max_join_size', '1'],
])('without it, a number is cut: set %s', async (assignment, variable, kept) => {
  const rows = await memoryDatabase().run(`set ${assignment}; select ${variable}`);
  expect(rows.at(-1)).toBe(kept);
});

test('the least and the most that a number may be', async () => {
  const rows = await memoryDatabase().run(
    'set auto_increment_increment = 65535; set auto_increment_offset = 1; select @@auto_increment_increment, @@auto_increment_offset',
  );
  expect(rows.at(-1)).toBe('65535 | 1');
});

test('a database’s default branch is what sessions begin on, once it is there', async () => {
  const database = memoryDatabase();
  await database.run("call dolt_branch('dev')");
  await database.run("set global shop_default_branch = 'later'");
  expect(await database.scalar('select active_branch()')).toBe('main');
  const before = database.session();
  expect((await before.query('select active_branch()')).rows).toEqual([['main']]);
  for (const name of ['dev', 'refs/heads/dev']) {
    await database.run(`set global shop_default_branch = '${name}'`);
    expect(await database.scalar('select @@shop_default_branch')).toBe(name);
    expect(await database.scalar('select active_branch()')).toBe('dev');
  }
  expect((await before.query('select active_branch()')).rows).toEqual([['main']]);
  await database.run('set global shop_default_branch = default');
  expect(await database.scalar('select active_branch()')).toBe('main');
  await expect(database.run("set global other_default_branch = 'dev'")).rejects.toMatchObject({ errno: 1193 });
  await expect(database.run('select @@other_default_branch')).rejects.toMatchObject({ errno: 1193 });
});
