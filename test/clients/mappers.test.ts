/**
 * Object mappers, as their documentation shows them: the schema that they make and change, their queries and transactions,
 * and what they ask of information_schema. They are a package of their own in `mappers/`.
 */
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe } from 'vitest';
import type { Place } from './mappers/place.ts';
import { ClientServer, missing, run } from './served-clients.ts';

const FOLDER = fileURLToPath(new URL('mappers/', import.meta.url));

/** Each with a file that is there where it is installed. */
const MAPPERS: Readonly<Record<string, string>> = {
  knex: 'knex',
  sequelize: 'sequelize',
  typeorm: 'typeorm',
  drizzle: 'drizzle-kit',
  kysely: 'kysely',
  prisma: '.prisma/client/index.js',
};

let served: ClientServer;

const place: Place = {
  get port() {
    return served.port;
  },
  async database(name) {
    await served.server.rows(`create database ${name}`);
    return name;
  },
  folder: (name) => served.scratch.directory(name),
  run: (command, args, directory) => run(command, args, '', { cwd: directory, env: served.scratch.environment }),
};

beforeAll(async () => {
  served = await ClientServer.start();
});

afterAll(async () => {
  await served.stop();
});

for (const [name, module] of Object.entries(MAPPERS)) {
  if (missing(name, `${FOLDER}node_modules/${module}`) !== undefined) describe.skip(name, () => {});
  else ((await import(`./mappers/${name}.ts`)) as { tests(place: Place): void }).tests(place);
}
