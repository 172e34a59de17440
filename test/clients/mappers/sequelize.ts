/** Sequelize: models, associations, sync, migrations through its query interface, transactions, what it asks of a schema. */
import {
  type CreationOptional,
  col,
  DataTypes,
  ForeignKeyConstraintError,
  fn,
  type InferAttributes,
  type InferCreationAttributes,
  literal,
  Model,
  type NonAttribute,
  Op,
  type QueryInterface,
  QueryTypes,
  Sequelize,
  UniqueConstraintError,
  ValidationError,
} from 'sequelize';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Place } from './place.ts';

class User extends Model<InferAttributes<User>, InferCreationAttributes<User>> {
  declare id: CreationOptional<number>;
  declare name: string;
  declare email: string;
  declare role: CreationOptional<'reader' | 'writer'>;
  declare balance: CreationOptional<string>;
  declare settings: CreationOptional<Record<string, unknown> | null>;
  declare born: CreationOptional<string | null>;
  declare createdAt: CreationOptional<Date>;
  declare posts?: NonAttribute<Post[]>;
}

class Post extends Model<InferAttributes<Post>, InferCreationAttributes<Post>> {
  declare id: CreationOptional<number>;
  declare title: string;
  declare body: CreationOptional<string | null>;
  declare userId: CreationOptional<number>;
  declare user?: NonAttribute<User>;
  declare tags?: NonAttribute<Tag[]>;
  declare addTags: (tags: Tag[]) => Promise<void>;
  declare getTags: () => Promise<Tag[]>;
  declare countTags: () => Promise<number>;
  declare removeTag: (tag: Tag) => Promise<void>;
}

class Tag extends Model<InferAttributes<Tag>, InferCreationAttributes<Tag>> {
  declare id: CreationOptional<string>;
  declare label: string;
}

function define(sequelize: Sequelize): void {
  User.init(
    {
      id: { type: DataTypes.INTEGER.UNSIGNED, autoIncrement: true, primaryKey: true },
      name: { type: DataTypes.STRING(100), allowNull: false, comment: 'as it is shown' },
      email: { type: DataTypes.STRING(190), allowNull: false, validate: { isEmail: true } },
      role: { type: DataTypes.ENUM('reader', 'writer'), allowNull: false, defaultValue: 'reader' },
      balance: { type: DataTypes.DECIMAL(12, 2), allowNull: false, defaultValue: 0 },
      settings: { type: DataTypes.JSON },
      born: { type: DataTypes.DATEONLY },
      createdAt: { type: DataTypes.DATE(6), allowNull: false },
    },
    {
      sequelize,
      modelName: 'user',
      updatedAt: false,
      indexes: [{ fields: ['email'], unique: true, name: 'email' }, { fields: ['role', { name: 'name', length: 20 }] }],
    },
  );
  Post.init(
    {
      id: { type: DataTypes.BIGINT.UNSIGNED, autoIncrement: true, primaryKey: true },
      title: { type: DataTypes.STRING, allowNull: false },
      body: DataTypes.TEXT,
      userId: DataTypes.INTEGER.UNSIGNED,
    },
    { sequelize, modelName: 'post', paranoid: true },
  );
  Tag.init(
    {
      id: { type: DataTypes.UUID, defaultValue: DataTypes.UUIDV4, primaryKey: true },
      label: { type: DataTypes.STRING(40), allowNull: false },
    },
    { sequelize, modelName: 'tag', timestamps: false },
  );
  User.hasMany(Post, { foreignKey: 'userId', onDelete: 'CASCADE' });
  Post.belongsTo(User, { foreignKey: 'userId' });
  Post.belongsToMany(Tag, { through: 'post_tags' });
  Tag.belongsToMany(Post, { through: 'post_tags' });
}

/** A migration, as `sequelize-cli` runs them. */
const migration = {
  async up(queries: QueryInterface): Promise<void> {
    await queries.createTable('invoices', {
      id: { type: DataTypes.INTEGER, primaryKey: true, autoIncrement: true },
      number: { type: DataTypes.STRING(20), allowNull: false },
      total: { type: DataTypes.DECIMAL(10, 2), defaultValue: '0.00' },
      user_id: {
        type: DataTypes.INTEGER.UNSIGNED,
        references: { model: 'users', key: 'id' },
        onUpdate: 'CASCADE',
        onDelete: 'SET NULL',
      },
    });
    await queries.addColumn('invoices', 'paid', { type: DataTypes.BOOLEAN, allowNull: false, defaultValue: false });
    await queries.changeColumn('invoices', 'number', {
      type: DataTypes.STRING(30),
      allowNull: false,
      defaultValue: '',
    });
    await queries.renameColumn('invoices', 'number', 'reference');
    await queries.addIndex('invoices', ['reference'], { unique: true, name: 'reference_once' });
    await queries.addConstraint('invoices', {
      type: 'check',
      fields: ['total'],
      where: { total: { [Op.gte]: 0 } },
      name: 'total_is_positive',
    });
    await queries.addConstraint('invoices', { type: 'unique', fields: ['reference', 'paid'], name: 'paid_once' });
  },
  async down(queries: QueryInterface): Promise<void> {
    await queries.removeConstraint('invoices', 'paid_once');
    await queries.removeIndex('invoices', 'reference_once');
    await queries.removeColumn('invoices', 'user_id');
    await queries.dropTable('invoices');
  },
};

export function tests(place: Place): void {
  describe('Sequelize', () => {
    let sequelize: Sequelize;

    beforeAll(async () => {
      const database = await place.database('sequelize');
      sequelize = new Sequelize(database, 'root', '', {
        host: '127.0.0.1',
        port: place.port,
        dialect: 'mysql',
        logging: false,
        timezone: '+00:00',
      });
      define(sequelize);
    });

    afterAll(async () => {
      await sequelize.close();
    });

    test('sync makes the tables, again, and changes nothing where they are as the models say', async () => {
      await sequelize.authenticate();
      await sequelize.sync({ force: true });
      await sequelize.sync();
      const [before] = await sequelize.query('show create table `users`');
      await User.sync({ alter: true });
      await Post.sync({ alter: true });
      expect(await sequelize.getQueryInterface().showAllTables()).toEqual(['post_tags', 'posts', 'tags', 'users']);
      const [after] = await sequelize.query('show create table `users`');
      expect(after).toEqual(before);
    });

    test('what it asks of a schema', async () => {
      const queries = sequelize.getQueryInterface();
      expect(await queries.describeTable('users')).toMatchObject({
        id: { type: 'INT UNSIGNED', allowNull: false, primaryKey: true, autoIncrement: true },
        name: { type: 'VARCHAR(100)', allowNull: false, comment: 'as it is shown' },
        role: { type: "ENUM('reader','writer')", defaultValue: 'reader' },
        balance: { type: 'DECIMAL(12,2)', defaultValue: '0.00' },
        settings: { type: 'JSON', allowNull: true },
        createdAt: { type: 'DATETIME(6)', allowNull: false },
      });
      const indexes = (await queries.showIndex('users')) as { name: string; unique: boolean; fields: unknown[] }[];
      expect(indexes.map(({ name, unique }) => [name, unique])).toEqual([
        ['PRIMARY', true],
        ['email', true],
        ['users_role_name', false],
      ]);
      expect(indexes[2]!.fields).toMatchObject([
        { attribute: 'role', order: 'ASC' },
        { attribute: 'name', length: 20, order: 'ASC' },
      ]);
      const keys = await queries.getForeignKeyReferencesForTable('posts');
      expect(keys).toMatchObject([
        { columnName: 'userId', referencedTableName: 'users', referencedColumnName: 'id', tableSchema: 'sequelize' },
      ]);
      expect(await queries.tableExists('users')).toBe(true);
      expect(await queries.tableExists('nothing')).toBe(false);
      expect(await sequelize.databaseVersion()).toMatch(/^8\.0\./);
    });

    test('a migration up, down and up again', async () => {
      const queries = sequelize.getQueryInterface();
      await migration.up(queries);
      expect(await queries.describeTable('invoices')).toMatchObject({
        reference: { type: 'VARCHAR(30)', defaultValue: '' },
        paid: { type: 'TINYINT(1)', defaultValue: '0' },
      });
      await expect(sequelize.query("insert into invoices (reference, total) values ('x', -1)")).rejects.toThrow(
        /total_is_positive/,
      );
      const keys = await queries.getForeignKeyReferencesForTable('invoices');
      expect(keys).toMatchObject([{ constraintName: 'invoices_ibfk_1', referencedTableName: 'users' }]);
      await migration.down(queries);
      await migration.up(queries);
      await queries.dropTable('invoices');
    });

    test('rows made, changed, found and removed', async () => {
      const ada = await User.create({
        name: 'Ada',
        email: 'ada@example.com',
        balance: '99.95',
        settings: { theme: 'dark', sizes: [1, 2] },
        born: '1815-12-10',
      });
      expect(ada.id).toBe(1);
      await User.bulkCreate([
        { name: 'Bob', email: 'bob@example.com', role: 'writer' },
        { name: 'Cid', email: 'cid@example.com' },
      ]);
      await User.bulkCreate([{ name: 'Robert', email: 'bob@example.com' }], { updateOnDuplicate: ['name'] });
      await User.upsert({ id: 3, name: 'El Cid', email: 'cid@example.com' });
      const [dora, isNew] = await User.findOrCreate({
        where: { email: 'dora@example.com' },
        defaults: { name: 'Dora', email: 'dora@example.com' },
      });
      expect([dora.name, isNew]).toEqual(['Dora', true]);
      const found = await User.findByPk(1, { rejectOnEmpty: true });
      expect(found.toJSON()).toMatchObject({
        name: 'Ada',
        role: 'reader',
        balance: '99.95',
        settings: { theme: 'dark', sizes: [1, 2] },
        born: '1815-12-10',
      });
      expect(found.createdAt).toEqual(ada.createdAt);
      expect((await User.findAll({ order: ['id'] })).map(({ name }) => name)).toEqual([
        'Ada',
        'Robert',
        'El Cid',
        'Dora',
      ]);
      const { count, rows } = await User.findAndCountAll({
        where: { [Op.or]: [{ name: { [Op.like]: '%a%' } }, { role: 'writer' }] },
        order: [['name', 'DESC']],
        limit: 1,
        offset: 1,
      });
      expect([count, rows.map(({ name }) => name)]).toEqual([3, ['Dora']]);
      expect(
        await User.findOne({ where: { 'settings.theme': 'dark' } as never, attributes: ['id'], raw: true }),
      ).toEqual({ id: 1 });
      await found.increment('balance', { by: 0.05 });
      await found.reload();
      expect(found.balance).toBe('100.00');
      expect(await User.update({ role: 'writer' }, { where: { id: { [Op.gt]: 3 } } })).toEqual([1]);
      expect(await User.destroy({ where: { id: dora.id } })).toBe(1);
      expect(await User.sum('balance')).toBe(100);
      expect(
        await User.findAll({
          attributes: ['role', [fn('count', col('id')), 'users'], [literal('max(`name`)'), 'last']],
          group: 'role',
          having: literal('users > 0'),
          order: ['role'],
          raw: true,
        }),
      ).toEqual([
        { role: 'reader', users: 2, last: 'El Cid' },
        { role: 'writer', users: 1, last: 'Robert' },
      ]);
    });

    test('associations, eager and lazy', async () => {
      const notes = await Post.create({ title: 'Notes', userId: 1 });
      await Post.bulkCreate([
        { title: 'Engines', userId: 1 },
        { title: 'Hello', userId: 2 },
      ]);
      const tags = await Tag.bulkCreate([{ label: 'mathematics' }, { label: 'letters' }]);
      await notes.addTags(tags);
      expect(await notes.countTags()).toBe(2);
      await notes.removeTag(tags[1]!);
      expect((await notes.getTags()).map(({ label }) => label)).toEqual(['mathematics']);
      const users = await User.findAll({
        include: [{ model: Post, include: [{ model: Tag, through: { attributes: [] } }] }],
        order: ['id', [Post, 'title', 'ASC']],
      });
      expect(users.map(({ name, posts }) => [name, posts!.map(({ title, tags }) => [title, tags!.length])])).toEqual([
        [
          'Ada',
          [
            ['Engines', 0],
            ['Notes', 1],
          ],
        ],
        ['Robert', [['Hello', 0]]],
        ['El Cid', []],
      ]);
      const limited = await User.findAll({
        include: { model: Post, where: { title: { [Op.ne]: 'Notes' } }, separate: false },
        order: ['id'],
        limit: 2,
      });
      expect(limited.map(({ posts }) => posts!.map(({ title }) => title))).toEqual([['Engines'], ['Hello']]);
      const separate = await User.findByPk(1, { include: { model: Post, separate: true, order: ['id'] } });
      expect(separate!.posts!.map(({ title }) => title)).toEqual(['Notes', 'Engines']);
      await notes.destroy();
      expect(await Post.count()).toBe(2);
      expect(await Post.count({ paranoid: false })).toBe(3);
      await notes.restore();
      expect(await Post.count()).toBe(3);
    });

    test('transactions: managed, by hand, one in another, with locks', async () => {
      await expect(
        sequelize.transaction(async (transaction) => {
          await Tag.create({ label: 'lost' }, { transaction });
          throw new Error('rolled back');
        }),
      ).rejects.toThrow('rolled back');
      await sequelize.transaction(async (transaction) => {
        await Tag.create({ label: 'kept' }, { transaction });
        await expect(
          sequelize.transaction({ transaction }, async (inner) => {
            await Tag.create({ label: 'lost too' }, { transaction: inner });
            throw new Error('back to the savepoint');
          }),
        ).rejects.toThrow('back to the savepoint');
      });
      const transaction = await sequelize.transaction({ isolationLevel: 'REPEATABLE READ' as never });
      const locked = await User.findByPk(1, { transaction, lock: transaction.LOCK.UPDATE });
      await locked!.update({ name: 'Ada L.' }, { transaction });
      await transaction.commit();
      expect((await User.findByPk(1))!.name).toBe('Ada L.');
      const labels = (await Tag.findAll({ order: ['label'] })).map(({ label }) => label);
      expect(labels).toEqual(['kept', 'letters', 'mathematics']);
    });

    test('raw queries', async () => {
      expect(
        await sequelize.query('select name from users where id in (:ids) order by id', {
          replacements: { ids: [1, 2] },
          type: QueryTypes.SELECT,
        }),
      ).toEqual([{ name: 'Ada L.' }, { name: 'Robert' }]);
      expect(
        await sequelize.query('select name from users where id = $id', { bind: { id: 3 }, type: QueryTypes.SELECT }),
      ).toEqual([{ name: 'El Cid' }]);
    });

    test('errors are its own classes', async () => {
      const taken = User.create({ name: 'Eve', email: 'ada@example.com' });
      await expect(taken).rejects.toBeInstanceOf(UniqueConstraintError);
      await expect(taken).rejects.toMatchObject({ fields: { email: 'ada@example.com' } });
      const missing = Post.create({ title: 'x', userId: 99999 });
      await expect(missing).rejects.toBeInstanceOf(ForeignKeyConstraintError);
      await expect(missing).rejects.toMatchObject({ fields: ['userId'], table: 'users', index: 'posts_ibfk_1' });
      await expect(User.create({ name: 'Eve', email: 'none' })).rejects.toBeInstanceOf(ValidationError);
    });

    test('drop takes the tables back', async () => {
      await sequelize.drop();
      expect(await sequelize.getQueryInterface().showAllTables()).toEqual([]);
    });
  });
}
