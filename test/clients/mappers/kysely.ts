/** Kysely: migrations, typed queries, transactions with savepoints, streams, what it asks of a schema. */
import { type ColumnType, type Generated, Kysely, type Migration, Migrator, MysqlDialect, sql } from 'kysely';
import { jsonArrayFrom, jsonObjectFrom } from 'kysely/helpers/mysql';
import { createPool } from 'mysql2';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Place } from './place.ts';

interface Database {
  person: {
    id: Generated<number>;
    name: string;
    email: string;
    kind: Generated<'reader' | 'writer'>;
    balance: ColumnType<string, string | number | undefined, string | number>;
    settings: ColumnType<{ theme: string } | null, string | null | undefined, string>;
    created_at: ColumnType<Date, string | undefined, never>;
  };
  pet: {
    id: Generated<number>;
    name: string;
    owner_id: number;
    born: ColumnType<Date | null, string | null | undefined>;
  };
  toy: { id: Generated<number>; name: string; pet_id: number };
}

const MIGRATIONS: Record<string, Migration> = {
  '2024_01_people_and_pets': {
    async up(db) {
      await db.schema
        .createTable('person')
        .addColumn('id', 'integer', (column) => column.autoIncrement().primaryKey())
        .addColumn('name', 'varchar(100)', (column) => column.notNull())
        .addColumn('email', 'varchar(190)', (column) => column.notNull().unique())
        .addColumn('kind', sql`enum('reader', 'writer')`, (column) => column.notNull().defaultTo('reader'))
        .addColumn('balance', 'decimal(12, 2)', (column) => column.notNull().defaultTo(0))
        .addColumn('settings', 'json')
        .addColumn('created_at', 'timestamp', (column) => column.defaultTo(sql`current_timestamp`).notNull())
        .addCheckConstraint('balance_is_positive', sql`balance >= 0`)
        .execute();
      await db.schema
        .createTable('pet')
        .addColumn('id', 'integer', (column) => column.autoIncrement().primaryKey())
        .addColumn('name', 'varchar(100)', (column) => column.notNull())
        .addColumn('owner_id', 'integer', (column) => column.notNull())
        .addColumn('born', 'date')
        .addUniqueConstraint('pet_of_owner', ['owner_id', 'name'])
        .addForeignKeyConstraint('pet_owner', ['owner_id'], 'person', ['id'], (key) => key.onDelete('cascade'))
        .execute();
      await db.schema.createIndex('pet_name').on('pet').column('name').execute();
    },
    async down(db) {
      await db.schema.dropTable('pet').execute();
      await db.schema.dropTable('person').ifExists().execute();
    },
  },
  '2024_02_toys': {
    async up(db) {
      await db.schema
        .createTable('toy')
        .ifNotExists()
        .addColumn('id', 'bigint', (column) => column.unsigned().autoIncrement().primaryKey())
        .addColumn('name', 'varchar(40)')
        .addColumn('pet_id', 'integer', (column) => column.references('pet.id').notNull())
        .execute();
      await db.schema
        .alterTable('toy')
        .modifyColumn('name', 'varchar(80)', (column) => column.notNull())
        .addColumn('label', 'varchar(10)', (column) => column.defaultTo('none'))
        .execute();
      await db.schema.alterTable('toy').renameColumn('label', 'tag').execute();
      await db.schema.alterTable('toy').dropColumn('tag').execute();
      await db.schema
        .createView('owners')
        .orReplace()
        .as(
          (db as Kysely<Database>)
            .selectFrom('person')
            .innerJoin('pet', 'pet.owner_id', 'person.id')
            .select(['person.id', 'pet.name']),
        )
        .execute();
    },
    async down(db) {
      await db.schema.dropView('owners').execute();
      await db.schema.dropTable('toy').execute();
    },
  },
};

export function tests(place: Place): void {
  describe('Kysely', () => {
    let db: Kysely<Database>;
    let migrator: Migrator;

    beforeAll(async () => {
      const database = await place.database('kysely');
      const pool = createPool({ host: '127.0.0.1', port: place.port, user: 'root', database, timezone: 'Z' });
      db = new Kysely<Database>({ dialect: new MysqlDialect({ pool }) });
      migrator = new Migrator({ db, provider: { getMigrations: async () => MIGRATIONS } });
    });

    afterAll(async () => {
      await db.destroy();
    });

    const statuses = (results: readonly { migrationName: string; status: string }[] | undefined) =>
      results!.map(({ migrationName, status }) => `${migrationName} ${status}`);

    test('migrations up, down and up again', async () => {
      const up = await migrator.migrateToLatest();
      expect(up.error).toBeUndefined();
      expect(statuses(up.results)).toEqual(['2024_01_people_and_pets Success', '2024_02_toys Success']);
      expect(statuses((await migrator.migrateDown()).results)).toEqual(['2024_02_toys Success']);
      expect((await migrator.migrateDown()).error).toBeUndefined();
      expect((await migrator.migrateToLatest()).error).toBeUndefined();
      expect((await migrator.migrateToLatest()).results).toEqual([]);
    });

    test('what it asks of a schema', async () => {
      const tables = await db.introspection.getTables();
      expect(tables.map(({ name, isView }) => [name, isView])).toEqual([
        ['owners', true],
        ['person', false],
        ['pet', false],
        ['toy', false],
      ]);
      const person = tables.find(({ name }) => name === 'person')!;
      expect(person.schema).toBe('kysely');
      expect(
        person.columns.map(({ name, dataType, isNullable, isAutoIncrementing, hasDefaultValue }) => [
          name,
          dataType,
          isNullable,
          isAutoIncrementing,
          hasDefaultValue,
        ]),
      ).toEqual([
        ['id', 'int', false, true, false],
        ['name', 'varchar', false, false, false],
        ['email', 'varchar', false, false, false],
        ['kind', 'enum', false, false, true],
        ['balance', 'decimal', false, false, true],
        ['settings', 'json', true, false, false],
        ['created_at', 'timestamp', false, false, true],
      ]);
      expect((await db.introspection.getSchemas()).map(({ name }) => name)).toContain('kysely');
    });

    test('inserts, updates and deletes', async () => {
      const { insertId } = await db
        .insertInto('person')
        .values({
          name: 'Ada',
          email: 'ada@example.com',
          balance: '10.50',
          settings: JSON.stringify({ theme: 'dark' }),
        })
        .executeTakeFirstOrThrow();
      expect(insertId).toBe(1n);
      const many = await db
        .insertInto('person')
        .values([
          { name: 'Bob', email: 'bob@example.com', kind: 'writer' },
          { name: 'Cid', email: 'cid@example.com' },
        ])
        .executeTakeFirstOrThrow();
      expect(many.numInsertedOrUpdatedRows).toBe(2n);
      await db
        .insertInto('person')
        .values({ name: 'Robert', email: 'bob@example.com' })
        .onDuplicateKeyUpdate({ name: 'Robert', balance: sql`balance + 1` })
        .execute();
      await db.insertInto('person').ignore().values({ name: 'x', email: 'bob@example.com' }).execute();
      const updated = await db
        .updateTable('person')
        .set({ balance: sql`balance * 2` })
        .where('email', '=', 'ada@example.com')
        .executeTakeFirstOrThrow();
      expect(updated.numUpdatedRows).toBe(1n);
      expect(updated.numChangedRows).toBe(1n);
      const removed = await db.deleteFrom('person').where('name', '=', 'Cid').executeTakeFirstOrThrow();
      expect(removed.numDeletedRows).toBe(1n);
      expect(
        await db.selectFrom('person').select(['name', 'kind', 'balance', 'settings']).orderBy('id').execute(),
      ).toEqual([
        { name: 'Ada', kind: 'reader', balance: '21.00', settings: { theme: 'dark' } },
        { name: 'Robert', kind: 'writer', balance: '1.00', settings: null },
      ]);
    });

    test('relations, joins and aggregates', async () => {
      await db
        .insertInto('pet')
        .values([
          { name: 'Catto', owner_id: 1, born: '2020-02-29' },
          { name: 'Doggo', owner_id: 1 },
          { name: 'Birdie', owner_id: 2 },
        ])
        .execute();
      await db.insertInto('toy').values({ name: 'ball', pet_id: 2 }).execute();
      const people = await db
        .selectFrom('person')
        .select((eb) => [
          'person.name',
          jsonArrayFrom(
            eb
              .selectFrom('pet')
              .select(['pet.id', 'pet.name'])
              .whereRef('pet.owner_id', '=', 'person.id')
              .orderBy('pet.name'),
          ).as('pets'),
          jsonObjectFrom(
            eb
              .selectFrom('pet')
              .select('pet.name')
              .whereRef('pet.owner_id', '=', 'person.id')
              .orderBy('pet.id')
              .limit(1),
          ).as('first'),
        ])
        .orderBy('person.id')
        .execute();
      expect(people).toEqual([
        {
          name: 'Ada',
          pets: [
            { id: 1, name: 'Catto' },
            { id: 2, name: 'Doggo' },
          ],
          first: { name: 'Catto' },
        },
        { name: 'Robert', pets: [{ id: 3, name: 'Birdie' }], first: { name: 'Birdie' } },
      ]);
      expect(
        await db
          .selectFrom('person')
          .innerJoin('pet', 'pet.owner_id', 'person.id')
          .leftJoin('toy', 'toy.pet_id', 'pet.id')
          .select((eb) => ['person.name', eb.fn.count<number>('pet.id').as('pets'), eb.fn.max('toy.name').as('toy')])
          .groupBy('person.id')
          .having((eb) => eb.fn.count('pet.id'), '>', 1)
          .execute(),
      ).toEqual([{ name: 'Ada', pets: 2, toy: 'ball' }]);
      expect(
        await db
          .with('old', (query) => query.selectFrom('pet').where('born', 'is not', null).selectAll())
          .selectFrom('old')
          .select(['name', 'born', sql<number>`row_number() over (order by name)`.as('place')])
          .execute(),
      ).toEqual([{ name: 'Catto', born: new Date('2020-02-29T00:00:00Z'), place: 1 }]);
      expect(
        await db
          .selectFrom('person')
          .select((eb) => eb.ref('settings', '->$').key('theme').as('theme'))
          .where('id', '=', 1)
          .execute(),
      ).toEqual([{ theme: 'dark' }]);
      expect(
        await db
          .selectFrom('pet')
          .innerJoinLateral(
            (eb) =>
              eb.selectFrom('person').select('person.name as owner').whereRef('person.id', '=', 'pet.owner_id').as('o'),
            (join) => join.onTrue(),
          )
          .select(['pet.name', 'o.owner'])
          .orderBy('pet.id')
          .limit(1)
          .offset(2)
          .execute(),
      ).toEqual([{ name: 'Birdie', owner: 'Robert' }]);
    });

    test('transactions: commit, rollback, savepoints', async () => {
      await expect(
        db
          .transaction()
          .setIsolationLevel('repeatable read')
          .execute(async (transaction) => {
            await transaction.deleteFrom('toy').execute();
            throw new Error('rolled back');
          }),
      ).rejects.toThrow('rolled back');
      const transaction = await db.startTransaction().execute();
      await transaction.insertInto('toy').values({ name: 'kept', pet_id: 1 }).execute();
      const saved = await transaction.savepoint('before').execute();
      await saved.insertInto('toy').values({ name: 'lost', pet_id: 1 }).execute();
      await saved.rollbackToSavepoint('before').execute();
      await saved.releaseSavepoint('before').execute();
      await transaction.selectFrom('toy').selectAll().where('pet_id', '=', 1).forUpdate().skipLocked().execute();
      await transaction.commit().execute();
      const toys = await db.selectFrom('toy').select('name').orderBy('name').execute();
      expect(toys.map(({ name }) => name)).toEqual(['ball', 'kept']);
    });

    test('raw queries and rows one by one', async () => {
      const { rows } = await sql<{
        name: string;
      }>`select ${sql.ref('name')} from ${sql.table('pet')} where id = ${1}`.execute(db);
      expect(rows).toEqual([{ name: 'Catto' }]);
      const names: string[] = [];
      for await (const { name } of db.selectFrom('pet').select('name').orderBy('name').stream()) names.push(name);
      expect(names).toEqual(['Birdie', 'Catto', 'Doggo']);
    });

    test('errors', async () => {
      await expect(
        db.insertInto('person').values({ name: 'x', email: 'x@example.com', balance: -1 }).execute(),
      ).rejects.toMatchObject({ errno: 3819, sqlState: 'HY000', code: 'ER_CHECK_CONSTRAINT_VIOLATED' });
      await expect(db.insertInto('toy').values({ name: 'x', pet_id: 99 }).execute()).rejects.toMatchObject({
        errno: 1452,
      });
    });
  });
}
