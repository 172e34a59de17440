/** The schema that Drizzle's tests use, in a file of its own: drizzle-kit reads it. */
import { relations, type SQL, sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  check,
  date,
  datetime,
  decimal,
  foreignKey,
  index,
  int,
  json,
  mysqlEnum,
  mysqlTable,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
  varchar,
} from 'drizzle-orm/mysql-core';

export const users = mysqlTable(
  'users',
  {
    id: int('id').autoincrement().primaryKey(),
    name: varchar('name', { length: 100 }).notNull(),
    email: varchar('email', { length: 190 }).notNull(),
    role: mysqlEnum('role', ['reader', 'writer']).notNull().default('reader'),
    balance: decimal('balance', { precision: 12, scale: 2 }).notNull().default('0.00'),
    settings: json('settings').$type<{ theme: string }>(),
    active: boolean('active').notNull().default(true),
    born: date('born', { mode: 'string' }),
    createdAt: timestamp('created_at').notNull().default(sql`(CURRENT_TIMESTAMP)`),
    shout: varchar('shout', { length: 100 }).generatedAlwaysAs((): SQL => sql`upper(\`name\`)`, { mode: 'stored' }),
  },
  (table) => [
    uniqueIndex('email_once').on(table.email),
    index('role_and_name').on(table.role, table.name),
    check('balance_is_positive', sql`\`balance\` >= 0`),
  ],
);

export const posts = mysqlTable(
  'posts',
  {
    id: bigint('id', { mode: 'number', unsigned: true }).autoincrement().primaryKey(),
    authorId: int('author_id').notNull(),
    title: varchar('title', { length: 255 }).notNull(),
    body: text('body'),
    publishedAt: datetime('published_at', { fsp: 6, mode: 'string' }),
  },
  (table) => [
    foreignKey({ columns: [table.authorId], foreignColumns: [users.id], name: 'author' }).onDelete('cascade'),
  ],
);

export const tags = mysqlTable('tags', {
  id: varchar('id', { length: 36 }).primaryKey(),
  label: varchar('label', { length: 40 }),
});

export const postTags = mysqlTable(
  'post_tags',
  {
    postId: bigint('post_id', { mode: 'number', unsigned: true })
      .notNull()
      .references(() => posts.id),
    tagId: varchar('tag_id', { length: 36 })
      .notNull()
      .references(() => tags.id),
  },
  (table) => [primaryKey({ name: 'post_tags_post_id_tag_id', columns: [table.postId, table.tagId] })],
);

export const userRelations = relations(users, ({ many }) => ({ posts: many(posts) }));

export const postRelations = relations(posts, ({ one, many }) => ({
  author: one(users, { fields: [posts.authorId], references: [users.id] }),
  tags: many(postTags),
}));

export const postTagRelations = relations(postTags, ({ one }) => ({
  post: one(posts, { fields: [postTags.postId], references: [posts.id] }),
  tag: one(tags, { fields: [postTags.tagId], references: [tags.id] }),
}));
