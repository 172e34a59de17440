/** Drizzle: its schema pushed and read back by drizzle-kit, migrations, both forms of queries, transactions. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { and, asc, avg, count, desc, eq, gt, like, sql, sum } from 'drizzle-orm';
import { drizzle, type MySql2Database } from 'drizzle-orm/mysql2';
import { migrate } from 'drizzle-orm/mysql2/migrator';
import { createPool, type Pool } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as schema from './drizzle-schema.ts';
import type { Place } from './place.ts';

const { users, posts, tags, postTags } = schema;
const FOLDER = fileURLToPath(new URL('.', import.meta.url));

export function tests(place: Place): void {
  describe('Drizzle', () => {
    let pool: Pool;
    let db: MySql2Database<typeof schema> & { $client: Pool };
    let database: string;

    beforeAll(async () => {
      database = await place.database('drizzle');
      pool = createPool({ host: '127.0.0.1', port: place.port, user: 'root', database, timezone: 'Z' });
      db = drizzle(pool, { schema, mode: 'default' }) as typeof db;
    });

    afterAll(async () => {
      await pool.end();
    });

    const kit = (...args: readonly string[]) =>
      place.run(`${FOLDER}node_modules/.bin/drizzle-kit`, args, place.folder('drizzle'));
    const connection = () => ['--dialect=mysql', `--url=mysql://root@127.0.0.1:${place.port}/${database}`];
    const schemaFile = `--schema=${FOLDER}drizzle-schema.ts`;

    test('push makes the schema, and finds nothing to do then', async () => {
      const first = await kit('push', '--force', schemaFile, ...connection());
      expect(first.out + first.err).toContain('Changes applied');
      const second = await kit('push', '--force', schemaFile, ...connection());
      expect(second.out + second.err).toContain('No changes detected');
    });

    test('pull reads the schema back', async () => {
      const { out, err } = await kit('pull', '--out=pulled', ...connection());
      expect(out + err).toContain('Your SQL migration file');
      const pulled = readFileSync(join(place.folder('drizzle'), 'pulled/schema.ts'), 'utf8');
      expect(pulled).toContain("mysqlEnum(['reader','writer']).default('reader').notNull()");
      expect(pulled).toContain("decimal({ precision: 12, scale: 2 }).default('0.00').notNull()");
      expect(pulled).toContain('index("role_and_name").on(table.role, table.name)');
      expect(pulled).toContain('references(() => users.id, { onDelete: "cascade" } )');
    });

    test('migrations, run once', async () => {
      const generated = await kit('generate', '--out=migrations', schemaFile, '--dialect=mysql');
      expect(generated.out + generated.err).toContain('Your SQL migration file');
      const copy = createPool({
        host: '127.0.0.1',
        port: place.port,
        user: 'root',
        database: await place.database('migrated'),
      });
      const migrationsFolder = join(place.folder('drizzle'), 'migrations');
      for (let times = 0; times < 2; times++) await migrate(drizzle(copy), { migrationsFolder });
      const [rows] = await copy.query('select count(*) as n from __drizzle_migrations');
      expect(rows).toEqual([{ n: 1 }]);
      const [tables] = await copy.query({ sql: 'show tables', rowsAsArray: true });
      expect(tables).toEqual([['__drizzle_migrations'], ['post_tags'], ['posts'], ['tags'], ['users']]);
      await copy.end();
    });

    test('inserts, updates and deletes', async () => {
      const [{ insertId, affectedRows }] = await db.insert(users).values({
        name: 'Ada',
        email: 'ada@example.com',
        balance: '1234567890.12',
        settings: { theme: 'dark' },
        born: '1815-12-10',
      });
      expect([insertId, affectedRows]).toEqual([1, 1]);
      expect(
        await db
          .insert(users)
          .values([
            { name: 'Bob', email: 'bob@example.com', role: 'writer' },
            { name: 'Cid', email: 'cid@example.com' },
          ])
          .$returningId(),
      ).toEqual([{ id: 2 }, { id: 3 }]);
      await db
        .insert(users)
        .values({ name: 'Robert', email: 'bob@example.com' })
        .onDuplicateKeyUpdate({ set: { name: sql`values(${users.name})`, active: false } });
      await db.insert(users).ignore().values({ name: 'x', email: 'bob@example.com' });
      await db
        .update(users)
        .set({ balance: sql`${users.balance} + 0.5` })
        .where(eq(users.id, 3));
      const [ada, bob, cid] = await db.select().from(users).orderBy(asc(users.id));
      expect(ada).toMatchObject({
        name: 'Ada',
        role: 'reader',
        balance: '1234567890.12',
        settings: { theme: 'dark' },
        active: true,
        born: '1815-12-10',
        shout: 'ADA',
      });
      expect(ada!.createdAt).toBeInstanceOf(Date);
      expect([bob!.name, bob!.active, cid!.balance]).toEqual(['Robert', false, '0.50']);
      const [{ affectedRows: removed }] = await db.delete(users).where(eq(users.name, 'Cid'));
      expect(removed).toBe(1);
    });

    test('relational queries', async () => {
      await db.insert(posts).values([
        { authorId: 1, title: 'Notes', publishedAt: '1843-09-01 12:00:00.000250' },
        { authorId: 1, title: 'Engines' },
        { authorId: 2, title: 'Hello' },
      ]);
      await db.insert(tags).values([
        { id: 'm', label: 'mathematics' },
        { id: 'l', label: 'letters' },
      ]);
      await db.insert(postTags).values([
        { postId: 1, tagId: 'm' },
        { postId: 1, tagId: 'l' },
      ]);
      expect(
        await db.query.users.findMany({
          columns: { name: true },
          orderBy: asc(users.id),
          with: {
            posts: {
              columns: { title: true },
              orderBy: desc(posts.title),
              limit: 1,
              with: { tags: { columns: {}, with: { tag: { columns: { label: true } } } } },
            },
          },
        }),
      ).toEqual([
        {
          name: 'Ada',
          posts: [{ title: 'Notes', tags: [{ tag: { label: 'letters' } }, { tag: { label: 'mathematics' } }] }],
        },
        { name: 'Robert', posts: [{ title: 'Hello', tags: [] }] },
      ]);
      const first = await db.query.posts.findFirst({ with: { author: true }, where: like(posts.title, 'N%') });
      expect([first!.author.name, first!.publishedAt]).toEqual(['Ada', '1843-09-01 12:00:00.000250']);
    });

    test('joins, aggregates, pages, parts of queries', async () => {
      expect(
        await db
          .select({ name: users.name, posts: count(posts.id), money: sum(users.balance) })
          .from(users)
          .leftJoin(posts, eq(posts.authorId, users.id))
          .groupBy(users.id, users.name)
          .having(({ posts: n }) => gt(n, 1)),
      ).toEqual([{ name: 'Ada', posts: 2, money: '2469135780.24' }]);
      const counted = db.$with('counted').as(
        db
          .select({ id: posts.authorId, n: sql<number>`count(*)`.as('n') })
          .from(posts)
          .groupBy(posts.authorId),
      );
      expect(
        await db
          .with(counted)
          .select()
          .from(counted)
          .where(and(gt(counted.n, 0), eq(counted.id, 2))),
      ).toEqual([{ id: 2, n: 1 }]);
      expect(await db.select({ title: posts.title }).from(posts).orderBy(asc(posts.title)).limit(1).offset(1)).toEqual([
        { title: 'Hello' },
      ]);
      expect(await db.select({ average: avg(posts.id) }).from(posts)).toEqual([{ average: '2.0000' }]);
      expect(await db.$count(posts, eq(posts.authorId, 1))).toBe(2);
      const find = db
        .select({ name: users.name })
        .from(users)
        .where(eq(users.id, sql.placeholder('id')))
        .prepare();
      expect(await find.execute({ id: 2 })).toEqual([{ name: 'Robert' }]);
      expect(
        await db
          .select({ name: users.name })
          .from(users)
          .union(db.select({ name: tags.label }).from(tags) as never)
          .orderBy(sql`name`),
      ).toHaveLength(4);
    });

    test('transactions: commit, rollback, one in another', async () => {
      await expect(
        db.transaction(async (transaction) => {
          await transaction.delete(postTags);
          transaction.rollback();
        }),
      ).rejects.toThrow();
      await db.transaction(
        async (outer) => {
          await outer.insert(tags).values({ id: 'a', label: 'kept' });
          await expect(
            outer.transaction(async (inner) => {
              await inner.insert(tags).values({ id: 'b', label: 'lost' });
              throw new Error('back to the savepoint');
            }),
          ).rejects.toThrow('back to the savepoint');
          await outer.select().from(tags).for('update');
        },
        { isolationLevel: 'repeatable read', accessMode: 'read write' },
      );
      expect(await db.select({ id: tags.id }).from(tags).orderBy(tags.id)).toEqual([
        { id: 'a' },
        { id: 'l' },
        { id: 'm' },
      ]);
      expect(await db.$count(postTags)).toBe(2);
    });

    test('raw queries and rows one by one', async () => {
      const [rows] = await db.execute(sql`select ${posts.title} from ${posts} where ${posts.id} = ${1}`);
      expect(rows).toEqual([{ title: 'Notes' }]);
      const titles: string[] = [];
      for await (const { title } of await db.select({ title: posts.title }).from(posts).orderBy(posts.id).iterator())
        titles.push(title);
      expect(titles).toEqual(['Notes', 'Engines', 'Hello']);
    });

    test('errors', async () => {
      const cause = { errno: 1062, sqlState: '23000' };
      await expect(db.insert(users).values({ name: 'x', email: 'ada@example.com' })).rejects.toMatchObject({ cause });
    });
  });
}
