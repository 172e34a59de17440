/** knex: its schema builder, migrations, queries, transactions, streams and what it asks of a schema. */
import knexOf, { type Knex } from 'knex';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Place } from './place.ts';

const MIGRATIONS: Readonly<Record<string, Knex.Migration>> = {
  '001_users_and_posts': {
    up: async (knex) => {
      await knex.schema.createTable('users', (table) => {
        table.increments('id');
        table.string('email', 190).notNullable().unique();
        table.string('name').comment('as it is shown');
        table.enu('role', ['reader', 'writer']).notNullable().defaultTo('reader');
        table.decimal('balance', 12, 2).notNullable().defaultTo(0);
        table.json('settings');
        table.boolean('active').notNullable().defaultTo(true);
        table.timestamps(true, true);
      });
      await knex.schema.createTable('posts', (table) => {
        table.bigIncrements('id');
        table.integer('user_id').unsigned().notNullable().references('id').inTable('users').onDelete('CASCADE');
        table.string('title').notNullable().index();
        table.text('body');
        table.datetime('published_at', { precision: 6 });
        table.unique(['user_id', 'title']);
      });
    },
    down: async (knex) => {
      await knex.schema.dropTable('posts');
      await knex.schema.dropTable('users');
    },
  },
  '002_tags': {
    up: async (knex) => {
      await knex.schema.createTable('tags', (table) => {
        table.uuid('id').primary();
        table.string('label', 40).notNullable();
      });
      await knex.schema.createTable('posts_tags', (table) => {
        table.bigInteger('post_id').unsigned().references('posts.id').onDelete('CASCADE');
        table.uuid('tag_id').references('tags.id');
        table.primary(['post_id', 'tag_id']);
      });
      await knex.schema.alterTable('users', (table) => {
        table.string('name', 100).notNullable().defaultTo('').alter();
        table.renameColumn('active', 'is_active');
        table.integer('age').unsigned().after('name');
        table.index(['age', 'name'], 'age_and_name');
      });
    },
    down: async (knex) => {
      await knex.schema.alterTable('users', (table) => {
        table.dropIndex(['age', 'name'], 'age_and_name');
        table.dropColumn('age');
        table.renameColumn('is_active', 'active');
        table.string('name').nullable().alter();
      });
      await knex.schema.dropTable('posts_tags');
      await knex.schema.dropTableIfExists('tags');
    },
  },
};

const migrationSource: Knex.MigrationSource<string> = {
  getMigrations: async () => Object.keys(MIGRATIONS),
  getMigrationName: (name) => name,
  getMigration: async (name) => MIGRATIONS[name]!,
};

export function tests(place: Place): void {
  describe('knex', () => {
    let knex: Knex;

    beforeAll(async () => {
      const connection = { host: '127.0.0.1', port: place.port, user: 'root', database: await place.database('knex') };
      knex = knexOf({ client: 'mysql2', connection, pool: { min: 0, max: 4 }, migrations: { migrationSource } });
    });

    afterAll(async () => {
      await knex.destroy();
    });

    test('migrations up, down and up again', async () => {
      const [, latest] = await knex.migrate.latest();
      expect(latest).toEqual(['001_users_and_posts', '002_tags']);
      expect(await knex.migrate.currentVersion()).toBe('002');
      const [, rolledBack] = await knex.migrate.rollback(undefined, true);
      expect(rolledBack).toEqual(['002_tags', '001_users_and_posts']);
      expect(await knex.schema.hasTable('users')).toBe(false);
      await knex.migrate.up();
      expect(await knex.schema.hasTable('tags')).toBe(false);
      await knex.migrate.latest();
      const [completed, pending] = await knex.migrate.list();
      expect(completed.map(({ name }: { name: string }) => name)).toEqual(['001_users_and_posts', '002_tags']);
      expect(pending).toEqual([]);
      expect(await knex.migrate.latest()).toEqual([2, []]);
    });

    test('what it asks of a schema', async () => {
      expect(await knex.schema.hasTable('users')).toBe(true);
      expect(await knex.schema.hasColumn('users', 'is_active')).toBe(true);
      expect(await knex.schema.hasColumn('users', 'active')).toBe(false);
      const columns = await knex('users').columnInfo();
      expect(columns).toMatchObject({
        id: { type: 'int', nullable: false, defaultValue: null, maxLength: null },
        email: { type: 'varchar', maxLength: 190, nullable: false },
        name: { type: 'varchar', maxLength: 100, nullable: false, defaultValue: '' },
        role: { type: 'enum', defaultValue: 'reader', nullable: false },
        balance: { type: 'decimal', defaultValue: '0.00' },
        settings: { type: 'json', nullable: true },
        is_active: { type: 'tinyint', defaultValue: '1' },
        created_at: { type: 'timestamp', defaultValue: 'CURRENT_TIMESTAMP' },
      });
      expect(Object.keys(columns).indexOf('age')).toBe(Object.keys(columns).indexOf('name') + 1);
    });

    test('inserts, also of many and over what is there', async () => {
      const [id] = await knex('users').insert({
        email: 'ada@example.com',
        name: 'Ada',
        balance: '1234567890.12',
        settings: JSON.stringify({ theme: 'dark', sizes: [1, 2] }),
      });
      expect(id).toBe(1);
      await knex.batchInsert(
        'users',
        Array.from({ length: 250 }, (_, at) => ({ email: `user${at}@example.com`, name: `User ${at}`, age: at % 50 })),
        100,
      );
      await knex('users')
        .insert([
          { email: 'ada@example.com', name: 'Ada Lovelace' },
          { email: 'bob@example.com', name: 'Bob', role: 'writer' },
        ])
        .onConflict('email')
        .merge(['name']);
      await knex('users').insert({ email: 'bob@example.com', name: 'Robert' }).onConflict('email').ignore();
      expect(await knex('users').count({ count: '*' })).toEqual([{ count: 252 }]);
      const ada = await knex('users').where({ email: 'ada@example.com' }).first();
      expect(ada).toMatchObject({
        id: 1,
        name: 'Ada Lovelace',
        role: 'reader',
        balance: '1234567890.12',
        settings: { theme: 'dark', sizes: [1, 2] },
        is_active: 1,
      });
      expect(ada.created_at).toBeInstanceOf(Date);
      expect(await knex('users').where('email', 'bob@example.com').pluck('name')).toEqual(['Bob']);
    });

    test('joins, aggregates and pages', async () => {
      const [first] = await knex('posts').insert({
        user_id: 1,
        title: 'Notes',
        published_at: new Date('1843-09-01T12:00:00.250Z'),
      });
      await knex('posts').insert([
        { user_id: 1, title: 'Engines' },
        { user_id: 2, title: 'Hello' },
      ]);
      await knex('tags').insert({ id: '0b9c3c8e-61b5-4a4c-8d60-3a4ddf1b8f0a', label: 'mathematics' });
      await knex('posts_tags').insert({ post_id: first, tag_id: '0b9c3c8e-61b5-4a4c-8d60-3a4ddf1b8f0a' });
      expect(
        await knex('users')
          .join('posts', 'users.id', 'posts.user_id')
          .leftJoin('posts_tags', 'posts.id', 'posts_tags.post_id')
          .leftJoin('tags', 'tags.id', 'posts_tags.tag_id')
          .select('users.email', 'posts.title', 'tags.label as tag')
          .orderBy('posts.id'),
      ).toEqual([
        { email: 'ada@example.com', title: 'Notes', tag: 'mathematics' },
        { email: 'ada@example.com', title: 'Engines', tag: null },
        { email: 'user0@example.com', title: 'Hello', tag: null },
      ]);
      expect(
        await knex('posts')
          .select('user_id')
          .count('id as posts')
          .groupBy('user_id')
          .having('posts', '>', 1)
          .orderBy('user_id'),
      ).toEqual([{ user_id: 1, posts: 2 }]);
      expect(await knex('users').avg('age as average').sum('balance as total').whereNotNull('age')).toEqual([
        { average: '24.5000', total: '0.00' },
      ]);
      expect(await knex('users').orderBy('id').limit(2).offset(250).pluck('email')).toEqual([
        'user249@example.com',
        'bob@example.com',
      ]);
      expect(await knex('users').whereJsonPath('settings', '$.theme', '=', 'dark').pluck('id')).toEqual([1]);
      expect(await knex('users').jsonExtract('settings', '$.sizes[1]', 'size').where('id', 1)).toEqual([{ size: '2' }]);
      expect(
        await knex
          .with('writers', (query) => query.select('id').from('users').where('role', 'writer'))
          .select('*')
          .from('writers')
          .unionAll((query) => query.select('id').from('users').whereIn('id', [1, 2])),
      ).toHaveLength(3);
      expect(
        await knex('posts')
          .select('title')
          .rowNumber('place', (over) => over.partitionBy('user_id').orderBy('title'))
          .orderBy('posts.id'),
      ).toEqual([
        { title: 'Notes', place: 2 },
        { title: 'Engines', place: 1 },
        { title: 'Hello', place: 1 },
      ]);
    });

    test('updates and deletes', async () => {
      expect(
        await knex('users')
          .where('age', '<', 10)
          .update({ balance: knex.raw('?? + ?', ['balance', 1.5]) }),
      ).toBe(50);
      await knex('users').where('id', 2).increment('balance', 3).decrement('age', 0);
      expect(await knex('users').where('id', 2).pluck('balance')).toEqual(['4.50']);
      expect(await knex('users').where('id', 2).del()).toBe(1);
      expect(await knex('posts').where('title', 'Hello')).toEqual([]);
    });

    test('transactions: commit, rollback, one in another', async () => {
      await knex.transaction(async (outer) => {
        await outer('tags').insert({ id: 'a', label: 'kept' });
        await expect(
          outer.transaction(async (inner) => {
            await inner('tags').insert({ id: 'b', label: 'lost' });
            throw new Error('back to the savepoint');
          }),
        ).rejects.toThrow('back to the savepoint');
        await outer.transaction(async (inner) => {
          await inner('tags').insert({ id: 'c', label: 'kept too' });
        });
        expect(await knex('tags').where('id', 'a')).toEqual([]);
      });
      await expect(
        knex.transaction(
          async (lost) => {
            await lost('tags').where('id', 'a').forUpdate();
            await lost('tags').insert({ id: 'd', label: 'lost' });
            throw new Error('rolled back');
          },
          { isolationLevel: 'repeatable read' },
        ),
      ).rejects.toThrow('rolled back');
      expect(await knex('tags').whereIn('id', ['a', 'b', 'c', 'd']).orderBy('id').pluck('id')).toEqual(['a', 'c']);
    });

    test('raw queries and rows one by one', async () => {
      const [rows] = await knex.raw('select :column: from users where id = :id', { column: 'email', id: 1 });
      expect(rows).toEqual([{ email: 'ada@example.com' }]);
      let ids = 0;
      for await (const { id } of knex('users').select('id').stream()) ids += id;
      expect(ids).toBe((await knex('users').sum({ sum: 'id' }).first())!['sum'] * 1);
    });

    test('errors', async () => {
      await expect(knex('users').insert({ email: 'ada@example.com', name: '' })).rejects.toMatchObject({
        code: 'ER_DUP_ENTRY',
        errno: 1062,
        sqlState: '23000',
        sqlMessage: "Duplicate entry 'ada@example.com' for key 'users.users_email_unique'",
      });
      await expect(knex('posts').insert({ user_id: 99999, title: 'x' })).rejects.toMatchObject({
        code: 'ER_NO_REFERENCED_ROW_2',
        errno: 1452,
      });
    });
  });
}
