/** TypeORM: entities, synchronize and generated migrations without a difference left, relations, query builder, transactions. */
import {
  type ColumnType,
  DataSource,
  EntitySchema,
  In,
  IsNull,
  Like,
  type MigrationInterface,
  MoreThan,
  QueryFailedError,
  type QueryRunner,
  Table,
} from 'typeorm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Place } from './place.ts';

interface User {
  id: number;
  name: string;
  email: string;
  role: 'reader' | 'writer';
  balance: string;
  settings: object | null;
  tags: string[] | null;
  born: string | null;
  active: boolean;
  createdAt: Date;
  updatedAt: Date;
  deletedAt: Date | null;
  version: number;
  profile: Profile | null;
  posts: Post[];
}

interface Profile {
  id: number;
  bio: string;
  user: User;
}

interface Post {
  id: string;
  title: string;
  body: string | null;
  score: number;
  author: User;
  categories: Category[];
  comments: Promise<Comment[]>;
}

interface Category {
  id: number;
  name: string;
  parent: Category | null;
  children: Category[];
}

interface Comment {
  id: number;
  text: string;
  post: Promise<Post>;
}

const UserEntity = new EntitySchema<User>({
  name: 'user',
  columns: {
    id: { type: 'int', primary: true, generated: 'increment', unsigned: true },
    name: { type: 'varchar', length: 100, comment: "as it's shown" },
    email: { type: 'varchar', length: 190, unique: true },
    role: { type: 'enum', enum: ['reader', 'writer'], default: 'reader' },
    balance: { type: 'decimal', precision: 12, scale: 2, default: 0 },
    settings: { type: 'json', nullable: true },
    tags: { type: 'simple-array', nullable: true },
    born: { type: 'date', nullable: true },
    active: { type: Boolean, default: true },
    createdAt: { type: 'datetime', createDate: true },
    updatedAt: { type: 'datetime', updateDate: true },
    deletedAt: { type: 'datetime', deleteDate: true, nullable: true },
    version: { type: 'int', version: true },
  },
  relations: {
    profile: { type: 'one-to-one', target: 'profile', inverseSide: 'user' },
    posts: { type: 'one-to-many', target: 'post', inverseSide: 'author', cascade: true },
  },
  indices: [{ name: 'role_and_name', columns: ['role', 'name'] }],
  checks: [{ name: 'balance_is_positive', expression: '`balance` >= 0' }],
});

const ProfileEntity = new EntitySchema<Profile>({
  name: 'profile',
  columns: {
    id: { type: 'int', primary: true, generated: 'increment' },
    bio: { type: 'text' },
  },
  relations: {
    user: { type: 'one-to-one', target: 'user', inverseSide: 'profile', joinColumn: true, onDelete: 'CASCADE' },
  },
});

const PostEntity = new EntitySchema<Post>({
  name: 'post',
  columns: {
    id: { type: 'varchar', primary: true, generated: 'uuid' },
    title: { type: 'varchar' },
    body: { type: 'mediumtext', nullable: true },
    score: { type: 'double', default: 0 },
  },
  relations: {
    author: { type: 'many-to-one', target: 'user', inverseSide: 'posts', onDelete: 'CASCADE', nullable: false },
    categories: { type: 'many-to-many', target: 'category', joinTable: { name: 'post_category' }, cascade: ['insert'] },
    comments: { type: 'one-to-many', target: 'comment', inverseSide: 'post', lazy: true },
  },
  uniques: [{ name: 'title_of_author', columns: ['author', 'title'] as never }],
});

const CategoryEntity = new EntitySchema<Category>({
  name: 'category',
  columns: {
    id: { type: 'int', primary: true, generated: true },
    name: { type: 'varchar', length: 40, default: 'none' },
  },
  relations: {
    parent: { type: 'many-to-one', target: 'category', inverseSide: 'children', nullable: true },
    children: { type: 'one-to-many', target: 'category', inverseSide: 'parent' },
  },
});

const CommentEntity = new EntitySchema<Comment>({
  name: 'comment',
  columns: {
    id: { type: 'bigint', primary: true, generated: true, unsigned: true },
    text: { type: 'text' },
  },
  relations: { post: { type: 'many-to-one', target: 'post', inverseSide: 'comments', lazy: true } },
});

/** Every type of column that there is, for what comes back from information_schema. */
const KINDS: readonly [ColumnType, object][] = [
  ['bit', { width: 5 }],
  ['tinyint', {}],
  ['smallint', { unsigned: true }],
  ['mediumint', {}],
  ['bigint', { default: 5 }],
  ['float', {}],
  ['double', { default: 1.5 }],
  ['decimal', { precision: 10, scale: 3, default: '1.500' }],
  ['char', { length: 8, default: 'x' }],
  ['varchar', { length: 30, charset: 'utf8mb4', collation: 'utf8mb4_general_ci' }],
  ['varchar', { length: 30, default: '' }],
  ['binary', { length: 16 }],
  ['varbinary', { length: 20 }],
  ['tinyblob', {}],
  ['blob', {}],
  ['mediumblob', {}],
  ['longblob', {}],
  ['tinytext', {}],
  ['text', {}],
  ['longtext', {}],
  ['date', { default: '2020-01-01' }],
  ['time', {}],
  ['datetime', { precision: 6, default: () => 'CURRENT_TIMESTAMP(6)', onUpdate: 'CURRENT_TIMESTAMP(6)' }],
  ['timestamp', { nullable: true, precision: 0 }],
  ['timestamp', { precision: 0, default: () => 'CURRENT_TIMESTAMP' }],
  ['year', { default: 2020 }],
  ['json', {}],
  ['set', { enum: ['a', 'b'], default: ['a', 'b'] }],
  ['enum', { enum: ['a', 'b'], default: 'b' }],
  ['varchar', { length: 61, asExpression: "concat(`c8`, '-')", generatedType: 'VIRTUAL' }],
  ['int', { asExpression: '`c1` + 1', generatedType: 'STORED' }],
  ['point', { nullable: true }],
];

const KindsEntity = new EntitySchema<{ id: number }>({
  name: 'kinds',
  columns: {
    id: { type: 'int', primary: true },
    ...Object.fromEntries(KINDS.map(([type, options], at) => [`c${at}`, { type, ...options }])),
  },
});

class AddNote1700000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({
        name: 'note',
        columns: [
          { name: 'id', type: 'int', isPrimary: true, isGenerated: true, generationStrategy: 'increment' },
          { name: 'text', type: 'varchar', length: '40' },
          { name: 'user_id', type: 'int', unsigned: true },
        ],
        foreignKeys: [{ columnNames: ['user_id'], referencedTableName: 'user', referencedColumnNames: ['id'] }],
        indices: [{ columnNames: ['text'] }],
      }),
    );
    await runner.query('insert into note (text, user_id) select name, id from `user`');
  }
  async down(runner: QueryRunner): Promise<void> {
    const table = await runner.getTable('note');
    for (const key of table!.foreignKeys) await runner.dropForeignKey('note', key);
    for (const index of table!.indices) await runner.dropIndex('note', index);
    await runner.dropTable('note');
  }
}

export function tests(place: Place): void {
  describe('TypeORM', () => {
    let source: DataSource;

    beforeAll(async () => {
      source = new DataSource({
        type: 'mysql',
        host: '127.0.0.1',
        port: place.port,
        username: 'root',
        database: await place.database('typeorm'),
        timezone: 'Z',
        entities: [UserEntity, ProfileEntity, PostEntity, CategoryEntity, CommentEntity, KindsEntity],
        migrations: [AddNote1700000000000],
      });
      await source.initialize();
    });

    afterAll(async () => {
      await source.destroy();
    });

    test('synchronize, with nothing left to do for a migration', async () => {
      await source.synchronize();
      const log = await source.driver.createSchemaBuilder().log();
      expect(log.upQueries.map(({ query }) => query)).toEqual([]);
      await source.synchronize();
    });

    test('migrations up, down and up again', async () => {
      expect(await source.showMigrations()).toBe(true);
      expect((await source.runMigrations()).map(({ name }) => name)).toEqual(['AddNote1700000000000']);
      await source.undoLastMigration();
      await source.runMigrations({ transaction: 'each' });
      expect(await source.showMigrations()).toBe(false);
      await source.undoLastMigration();
    });

    test('what it asks of a schema', async () => {
      const runner = source.createQueryRunner();
      expect(await runner.hasTable('user')).toBe(true);
      expect(await runner.hasColumn('user', 'email')).toBe(true);
      expect(await runner.hasDatabase('typeorm')).toBe(true);
      const table = await runner.getTable('post');
      expect(table!.foreignKeys).toMatchObject([
        { columnNames: ['authorId'], referencedTableName: 'user', onDelete: 'CASCADE' },
      ]);
      expect(table!.indices).toMatchObject([
        { name: 'title_of_author', isUnique: true, columnNames: ['authorId', 'title'] },
      ]);
      const created = (await runner.getTable('user'))!.findColumnByName('createdAt');
      expect(created).toMatchObject({
        type: 'datetime',
        precision: 6,
        default: 'CURRENT_TIMESTAMP(6)',
        isNullable: false,
      });
      await runner.release();
    });

    test('rows made, changed, found and removed', async () => {
      const users = source.getRepository(UserEntity);
      const ada = await users.save({
        name: 'Ada',
        email: 'ada@example.com',
        balance: '99.95',
        settings: { theme: 'dark' },
        tags: ['a', 'b'],
        born: '1815-12-10',
      });
      expect([ada.id, ada.version, ada.role, ada.balance]).toEqual([1, 1, 'reader', '99.95']);
      await users.insert([
        { name: 'Bob', email: 'bob@example.com', role: 'writer' },
        { name: 'Cid', email: 'cid@example.com' },
      ]);
      await users.upsert({ id: 2, name: 'Robert', email: 'bob@example.com' }, ['email']);
      ada.name = 'Ada Lovelace';
      await users.save(ada);
      const found = await users.findOneByOrFail({ id: 1 });
      expect(found).toMatchObject({
        name: 'Ada Lovelace',
        version: 2,
        balance: '99.95',
        settings: { theme: 'dark' },
        tags: ['a', 'b'],
        born: '1815-12-10',
        active: true,
      });
      expect(found.createdAt).toBeInstanceOf(Date);
      expect(await users.increment({ id: 1 }, 'balance' as never, 0.05)).toMatchObject({ affected: 1 });
      expect(
        await users.findAndCount({
          where: { email: Like('%example%'), id: In([1, 2, 3]) },
          order: { name: 'DESC' },
          take: 1,
          skip: 1,
          select: { name: true },
        }),
      ).toEqual([[{ name: 'Cid' }], 3]);
      await users.softDelete({ name: 'Cid' });
      expect(await users.countBy({ deletedAt: IsNull() })).toBe(2);
      await users.restore({ name: 'Cid' });
      expect(await users.sum('balance' as never, { id: MoreThan(0) })).toBe(100);
      expect(await users.exists({ where: { email: 'none' } })).toBe(false);
      expect(await users.delete({ name: 'Cid' })).toMatchObject({ affected: 1 });
    });

    test('relations, eager and lazy', async () => {
      const users = source.getRepository(UserEntity);
      const posts = source.getRepository(PostEntity);
      const categories = source.getRepository(CategoryEntity);
      const ada = await users.findOneByOrFail({ id: 1 });
      await source.getRepository(ProfileEntity).save({ bio: 'countess', user: ada });
      const science = await categories.save({ name: 'science' });
      const mathematics = await categories.save({ name: 'mathematics', parent: science });
      const notes = await posts.save({ title: 'Notes', author: ada, categories: [science, mathematics] });
      ada.posts = [notes, posts.create({ title: 'Engines', score: 2.5 })];
      await users.save(ada);
      const comment = source.getRepository(CommentEntity).create({ text: 'first' });
      comment.post = Promise.resolve(notes);
      await comment.post;
      await source.getRepository(CommentEntity).save(comment);
      const [user] = await users.find({
        where: { id: 1 },
        relations: { profile: true, posts: { categories: { parent: true } } },
        order: { posts: { title: 'ASC', categories: { name: 'ASC' } } },
      });
      expect(user!.profile!.bio).toBe('countess');
      expect(
        user!.posts.map(({ title, categories: in_ }) => [title, in_.map(({ name, parent }) => [name, parent?.name])]),
      ).toEqual([
        ['Engines', []],
        [
          'Notes',
          [
            ['mathematics', 'science'],
            ['science', undefined],
          ],
        ],
      ]);
      const lazy = await posts.findOneByOrFail({ title: 'Notes' });
      expect((await lazy.comments).map(({ text }) => text)).toEqual(['first']);
      const query = source
        .getRepository(UserEntity)
        .createQueryBuilder('user')
        .leftJoinAndSelect('user.posts', 'post', 'post.score < :score', { score: 2 })
        .where('user.name like :name', { name: 'A%' })
        .orderBy('user.id')
        .take(10);
      expect((await query.getMany()).map(({ posts: of }) => of.map(({ title }) => title))).toEqual([['Notes']]);
      expect(
        await source
          .getRepository(PostEntity)
          .createQueryBuilder('post')
          .select('user.name', 'name')
          .addSelect('count(*)', 'posts')
          .addSelect((sub) => sub.select('max(c.text)').from(CommentEntity, 'c'), 'comment')
          .innerJoin('post.author', 'user')
          .groupBy('user.id')
          .having('count(*) > 1')
          .getRawMany(),
      ).toEqual([{ name: 'Ada Lovelace', posts: '2', comment: 'first' }]);
    });

    test('transactions: commit, rollback, one in another, locks', async () => {
      const names = () => source.query('select name from category order by name');
      await expect(
        source.transaction(async (manager) => {
          await manager.insert(CategoryEntity, { name: 'lost' });
          throw new Error('rolled back');
        }),
      ).rejects.toThrow('rolled back');
      const runner = source.createQueryRunner();
      await runner.startTransaction('REPEATABLE READ');
      await runner.manager.insert(CategoryEntity, { name: 'kept' });
      await runner.startTransaction();
      await runner.manager.insert(CategoryEntity, { name: 'lost too' });
      await runner.rollbackTransaction();
      await runner.manager.findOne(UserEntity, { where: { id: 1 }, lock: { mode: 'pessimistic_write' } });
      await runner.commitTransaction();
      await runner.release();
      expect(await names()).toEqual([{ name: 'kept' }, { name: 'mathematics' }, { name: 'science' }]);
    });

    test('raw queries and rows one by one', async () => {
      expect(await source.query('select name from `user` where id = ?', [1])).toEqual([{ name: 'Ada Lovelace' }]);
      const stream = await source
        .getRepository(UserEntity)
        .createQueryBuilder('u')
        .select('u.id', 'id')
        .orderBy('u.id')
        .stream();
      const ids: number[] = [];
      for await (const { id } of stream as AsyncIterable<{ id: number }>) ids.push(id);
      expect(ids).toEqual([1, 2]);
    });

    test('errors', async () => {
      const taken = source.getRepository(UserEntity).insert({ name: 'x', email: 'ada@example.com' });
      await expect(taken).rejects.toBeInstanceOf(QueryFailedError);
      await expect(taken).rejects.toMatchObject({ errno: 1062, code: 'ER_DUP_ENTRY' });
    });

    test('a changed entity alters its table, and the database can be dropped', async () => {
      const draft = { name: 'draft', columns: { id: { type: 'int', primary: true }, text: { type: 'text' } } } as const;
      const before = new EntitySchema<object>({
        ...draft,
        columns: { ...draft.columns, kept: { type: 'int', default: 5 } },
      });
      const changed = new EntitySchema<object>({
        ...draft,
        columns: {
          ...draft.columns,
          kept: { type: 'bigint', nullable: true },
          text: { type: 'text', nullable: true, comment: 'may be missing' },
          added: { type: 'varchar', length: 20, default: 'new' },
        },
        indices: [{ name: 'added_first', columns: ['added' as never] }],
      });
      const { options } = source;
      const first = await new DataSource({ ...options, entities: [before], synchronize: true }).initialize();
      await first.destroy();
      const other = await new DataSource({ ...options, entities: [changed], synchronize: true }).initialize();
      const log = await other.driver.createSchemaBuilder().log();
      expect(log.upQueries.map(({ query }) => query)).toEqual([]);
      await other.dropDatabase();
      expect(await other.query('show tables')).toEqual([]);
      await other.destroy();
    });
  });
}
