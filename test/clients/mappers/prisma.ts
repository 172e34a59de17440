/**
 * Prisma's client over `@prisma/adapter-mariadb`: nested writes and reads, filters, aggregates, transactions, raw queries. The
 * tables are as `prisma migrate` would make them: that is a program that only Prisma's own server gives out.
 */
import { PrismaMariaDb } from '@prisma/adapter-mariadb';
import { Prisma, PrismaClient } from '@prisma/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Place } from './place.ts';

const TABLES = [
  `CREATE TABLE \`User\` (
    \`id\` INTEGER NOT NULL AUTO_INCREMENT,
    \`email\` VARCHAR(190) NOT NULL,
    \`name\` VARCHAR(191) NULL,
    \`role\` ENUM('reader', 'writer') NOT NULL DEFAULT 'reader',
    \`balance\` DECIMAL(12, 2) NOT NULL DEFAULT 0,
    \`settings\` JSON NULL,
    \`visits\` BIGINT NOT NULL DEFAULT 0,
    \`photo\` LONGBLOB NULL,
    \`born\` DATE NULL,
    \`created\` DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
    UNIQUE INDEX \`User_email_key\`(\`email\`),
    PRIMARY KEY (\`id\`)
  ) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci`,
  `CREATE TABLE \`Profile\` (
    \`id\` INTEGER NOT NULL AUTO_INCREMENT,
    \`bio\` TEXT NOT NULL,
    \`userId\` INTEGER NOT NULL,
    UNIQUE INDEX \`Profile_userId_key\`(\`userId\`),
    PRIMARY KEY (\`id\`)
  ) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci`,
  `CREATE TABLE \`Post\` (
    \`id\` VARCHAR(191) NOT NULL,
    \`title\` VARCHAR(191) NOT NULL,
    \`published\` BOOLEAN NOT NULL DEFAULT false,
    \`authorId\` INTEGER NOT NULL,
    UNIQUE INDEX \`Post_authorId_title_key\`(\`authorId\`, \`title\`),
    PRIMARY KEY (\`id\`)
  ) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci`,
  `CREATE TABLE \`Tag\` (
    \`id\` INTEGER NOT NULL AUTO_INCREMENT,
    \`label\` VARCHAR(191) NOT NULL,
    UNIQUE INDEX \`Tag_label_key\`(\`label\`),
    PRIMARY KEY (\`id\`)
  ) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci`,
  `CREATE TABLE \`_PostToTag\` (
    \`A\` VARCHAR(191) NOT NULL,
    \`B\` INTEGER NOT NULL,
    UNIQUE INDEX \`_PostToTag_AB_unique\`(\`A\`, \`B\`),
    INDEX \`_PostToTag_B_index\`(\`B\`)
  ) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci`,
  'ALTER TABLE `Profile` ADD CONSTRAINT `Profile_userId_fkey` FOREIGN KEY (`userId`) REFERENCES `User`(`id`) ON DELETE CASCADE ON UPDATE CASCADE',
  'ALTER TABLE `Post` ADD CONSTRAINT `Post_authorId_fkey` FOREIGN KEY (`authorId`) REFERENCES `User`(`id`) ON DELETE RESTRICT ON UPDATE CASCADE',
  'ALTER TABLE `_PostToTag` ADD CONSTRAINT `_PostToTag_A_fkey` FOREIGN KEY (`A`) REFERENCES `Post`(`id`) ON DELETE CASCADE ON UPDATE CASCADE',
  'ALTER TABLE `_PostToTag` ADD CONSTRAINT `_PostToTag_B_fkey` FOREIGN KEY (`B`) REFERENCES `Tag`(`id`) ON DELETE CASCADE ON UPDATE CASCADE',
];

export function tests(place: Place): void {
  describe('Prisma', () => {
    let prisma: PrismaClient;

    beforeAll(async () => {
      const database = await place.database('prisma');
      const adapter = new PrismaMariaDb({
        host: '127.0.0.1',
        port: place.port,
        user: 'root',
        database,
        connectionLimit: 4,
      });
      prisma = new PrismaClient({ adapter });
      for (const table of TABLES) await prisma.$executeRawUnsafe(table);
    });

    afterAll(async () => {
      await prisma.$disconnect();
    });

    test('nested writes and reads', async () => {
      const ada = await prisma.user.create({
        data: {
          email: 'ada@example.com',
          name: 'Ada',
          balance: '1234567890.12',
          settings: { theme: 'dark', sizes: [1, 2] },
          visits: 9007199254740993n,
          photo: new Uint8Array([0, 255, 1]),
          born: new Date('1815-12-10'),
          profile: { create: { bio: 'countess' } },
          posts: {
            create: [
              { title: 'Notes', published: true, tags: { create: [{ label: 'mathematics' }, { label: 'letters' }] } },
              {
                title: 'Engines',
                tags: { connectOrCreate: { where: { label: 'letters' }, create: { label: 'letters' } } },
              },
            ],
          },
        },
        include: {
          profile: true,
          posts: { include: { tags: { orderBy: { label: 'asc' } } }, orderBy: { title: 'asc' } },
        },
      });
      expect(ada).toMatchObject({ id: 1, role: 'reader', profile: { bio: 'countess' }, visits: 9007199254740993n });
      expect(ada.posts.map(({ title, tags }) => [title, tags.map(({ label }) => label)])).toEqual([
        ['Engines', ['letters']],
        ['Notes', ['letters', 'mathematics']],
      ]);
      const found = await prisma.user.findUniqueOrThrow({ where: { email: 'ada@example.com' } });
      expect(found.balance.equals(new Prisma.Decimal('1234567890.12'))).toBe(true);
      expect(found.settings).toEqual({ theme: 'dark', sizes: [1, 2] });
      expect([...found.photo!]).toEqual([0, 255, 1]);
      expect(found.born).toEqual(new Date('1815-12-10'));
      expect(found.created).toEqual(ada.created);
    });

    test('many at once, upserts, updates and deletes', async () => {
      const { count } = await prisma.user.createMany({
        data: Array.from({ length: 50 }, (_, at) => ({ email: `user${at}@example.com`, name: `User ${at}` })),
        skipDuplicates: true,
      });
      expect(count).toBe(50);
      const upserted = await prisma.user.upsert({
        where: { email: 'user0@example.com' },
        create: { email: 'user0@example.com' },
        update: { name: 'First', visits: { increment: 2 } },
      });
      expect([upserted.name, upserted.visits]).toEqual(['First', 2n]);
      expect(await prisma.user.updateMany({ where: { id: { gt: 10 } }, data: { role: 'writer' } })).toEqual({
        count: 41,
      });
      expect(await prisma.user.deleteMany({ where: { id: { gt: 20 } } })).toEqual({ count: 31 });
      await prisma.post.update({
        where: { authorId_title: { authorId: 1, title: 'Engines' } },
        data: { tags: { set: [] } },
      });
    });

    test('filters, pages, aggregates', async () => {
      const page = await prisma.user.findMany({
        where: { OR: [{ email: { startsWith: 'user1' } }, { name: { contains: 'Ada' } }], NOT: { id: 12 } },
        orderBy: [{ role: 'asc' }, { id: 'desc' }],
        skip: 1,
        take: 2,
        select: { email: true },
      });
      expect(page).toEqual([{ email: 'ada@example.com' }, { email: 'user18@example.com' }]);
      expect(
        await prisma.post.count({ where: { tags: { some: { label: 'letters' } }, author: { name: 'Ada' } } }),
      ).toBe(1);
      expect(await prisma.user.count({ where: { settings: { path: '$.theme', equals: 'dark' } } })).toBe(1);
      const groups = await prisma.user.groupBy({
        by: ['role'],
        _count: { _all: true },
        _max: { id: true },
        orderBy: { role: 'asc' },
      });
      expect(groups).toEqual([
        { role: 'reader', _count: { _all: 10 }, _max: { id: 10 } },
        { role: 'writer', _count: { _all: 10 }, _max: { id: 20 } },
      ]);
      const after = await prisma.user.findMany({
        cursor: { id: 5 },
        skip: 1,
        take: 2,
        orderBy: { id: 'asc' },
        select: { id: true },
      });
      expect(after).toEqual([{ id: 6 }, { id: 7 }]);
      const counted = await prisma.user.findFirst({
        where: { id: 1 },
        select: { _count: { select: { posts: true } } },
      });
      expect(counted).toEqual({ _count: { posts: 2 } });
    });

    test('transactions: a list, interactive, rolled back', async () => {
      await prisma.$transaction([
        prisma.tag.create({ data: { label: 'kept' } }),
        prisma.tag.update({ where: { label: 'kept' }, data: { label: 'kept too' } }),
      ]);
      await expect(
        prisma.$transaction(
          async (transaction) => {
            await transaction.tag.create({ data: { label: 'lost' } });
            throw new Error('rolled back');
          },
          { isolationLevel: 'RepeatableRead' },
        ),
      ).rejects.toThrow('rolled back');
      const labels = (await prisma.tag.findMany({ orderBy: { label: 'asc' } })).map(({ label }) => label);
      expect(labels).toEqual(['kept too', 'letters', 'mathematics']);
    });

    test('raw queries', async () => {
      const rows = await prisma.$queryRaw`select id, name from User where email = ${'ada@example.com'}`;
      expect(rows).toEqual([{ id: 1, name: 'Ada' }]);
      expect(await prisma.$executeRaw`update User set name = ${'Ada L.'} where id = ${1}`).toBe(1);
    });

    test('errors have its own codes', async () => {
      await expect(prisma.user.create({ data: { email: 'ada@example.com' } })).rejects.toMatchObject({ code: 'P2002' });
      await expect(prisma.post.create({ data: { title: 'x', authorId: 999 } })).rejects.toMatchObject({
        code: 'P2003',
      });
      await expect(prisma.tag.delete({ where: { label: 'none' } })).rejects.toMatchObject({ code: 'P2025' });
    });
  });
}
