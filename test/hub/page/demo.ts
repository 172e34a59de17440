/** A folder of `owner/database` stores with something to see in them, made by the library as its users would. */
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { DoltError } from '../../../src/base/errors.ts';
import { Accounts } from '../../../src/hub/accounts/accounts.ts';
import {
  owns,
  type RepositoryRights,
  type RightsChange,
  rightsFor,
  withChange,
} from '../../../src/hub/accounts/repository-rights.ts';
import type { HubRepository, PageAccess } from '../../../src/hub/page-access.ts';
import { folderFacts } from '../../../src/hub/storage/folder-facts.ts';
import {
  databaseOf,
  ownerOf,
  parseRepositoryName,
  type RepositoryName,
} from '../../../src/hub/storage/repository-name.ts';
import { type Database, init } from '../../../src/index.ts';
import { realEnvironment } from '../../../src/real-environment.ts';
import type { Environment } from '../../../src/repo/repository.ts';

export const TOKEN = 'ada-token';

/** Public ones are for everybody, private ones for Ada, who owns all of them. */
export class MemoryAccess implements PageAccess {
  readonly #environment: Environment;
  readonly #directory: string;
  readonly #names: RepositoryName[] = [];
  #accounts = Accounts.none
    .withUser('ada', undefined)
    .withUser('bob', undefined)
    .withRight('ada', '*', 'owner')
    .withRight('bob', 'timsehn', 'reader');

  constructor(environment: Environment, directory: string) {
    this.#environment = environment;
    this.#directory = directory;
  }

  add(owner: string, database: string, isPublic: boolean): string {
    const folder = join(this.#directory, owner, database);
    mkdirSync(folder, { recursive: true });
    const name = nameOf({ owner, database });
    this.#names.push(name);
    this.#accounts = this.#accounts.withPublic(name, isPublic);
    return folder;
  }

  async authenticate(authorization: string | undefined): Promise<string | undefined> {
    if (authorization === undefined) return undefined;
    if (authorization === `Bearer ${TOKEN}`) return 'ada';
    throw new DoltError('denied', 'this token is not known');
  }

  async repositories(caller: string | undefined): Promise<readonly HubRepository[]> {
    const accounts = this.#accounts;
    const seen = this.#names.filter((name) => accounts.rightIn(name, caller) !== undefined);
    return seen.map((name) => {
      const folder = join(this.#directory, name);
      const { disk } = this.#environment;
      const lastPush = disk.stat(`${folder}/manifest`)?.modifiedMs;
      const facts = async () => ({ ...folderFacts(disk, folder), lastPush });
      return {
        ...{ owner: ownerOf(name), database: databaseOf(name), facts, folder: async () => folder },
        ...{ isPublic: accounts.isPublic(name), isOwned: owns(accounts, name, caller) },
      };
    });
  }

  async repository(owner: string, database: string, caller: string | undefined): Promise<HubRepository | undefined> {
    return (await this.repositories(caller)).find((each) => each.owner === owner && each.database === database);
  }

  async rights(repository: HubRepository, caller: string | undefined): Promise<RepositoryRights> {
    return rightsFor(this.#accounts, nameOf(repository), caller);
  }

  async changeRights(repository: HubRepository, caller: string | undefined, change: RightsChange): Promise<void> {
    this.#accounts = withChange(this.#accounts, nameOf(repository), caller, change);
  }
}

const nameOf = ({ owner, database }: Pick<HubRepository, 'owner' | 'database'>): RepositoryName =>
  parseRepositoryName(`${owner}/${database}`)!;

export interface Demo {
  readonly environment: Environment;
  readonly access: MemoryAccess;
  /** `timsehn/replication_example`, which is at `folder`, from where it was pushed. */
  readonly database: Database;
  readonly folder: string;
  end(): Promise<void>;
}

export const HOSTILE = '<script>alert("1")</script>';

/** Several tables, branches, tags, a README; another repository that is private, and an empty one. */
export async function makeDemo(): Promise<Demo> {
  const scratch = mkdtempSync(join(tmpdir(), 'dolt-ts-page-'));
  const environment = realEnvironment({ warn() {}, info() {} });
  const access = new MemoryAccess(environment, join(scratch, 'hub'));
  const folder = access.add('timsehn', 'replication_example', true);
  access.add('timsehn', 'nothing_yet', true);
  const hidden = access.add('ada', 'secret', false);
  const database = await init(join(scratch, 'replication_example'), { name: 'Ada', email: 'ada@example.com' });
  await database.query('create table test (pk int primary key, c1 int)');
  await database.query('insert into test values (0,0),(1,1),(2,2)');
  await database.commit('First table');
  await database.query(`create table things (
    id bigint unsigned not null, part varchar(20) not null, note text, price decimal(10,2) default '1.50',
    seen datetime, doc json, raw varbinary(16), total decimal(12,2) generated always as (price * 2) virtual,
    primary key (id, part), key by_note (note(20))) comment 'Things that are sold'`);
  await database.query(
    `insert into things (id, part, note, price, seen, doc, raw)
      values (18446744073709551615, ?, ?, 9.99, ?, ?, ?), (2, ?, null, 3, null, null, null)`,
    ['a/b c', HOSTILE, '2024-02-29 13:14:15', '{"a":[1,"<b>"]}', Uint8Array.of(0, 255), ''],
  );
  await database.query('create table words (word varchar(20), n int)');
  await database.query("insert into words values ('a', 1), ('a', 1), ('b', 2)");
  await database.query('create view cheap as select id, price from things where price < 5');
  await database.query('create table dolt_docs (doc_name varchar(255) primary key, doc_text longtext)').catch(() => {});
  await database.query('insert into dolt_docs values (?, ?)', [
    'README.md',
    `# An example\n\nRows *of* [a page](https://example.com/) and [no](javascript:alert(1)) ${HOSTILE}\n\n- one\n- two\n`,
  ]);
  await database.commit(`More of it ${HOSTILE}\n\nWith a body.`);
  await database.query("call dolt_tag('v1.0', '-m', 'The first release')");
  await database.query("call dolt_checkout('-b', 'feature/x')");
  await database.query('update test set c1 = 20 where pk = 2');
  await database.query('delete from test where pk = 0');
  await database.query('insert into test values (7, 7)');
  await database.query('alter table test add column c2 varchar(10)');
  await database.query('drop table words');
  await database.commit('On a branch');
  await database.query("call dolt_checkout('main')");
  const push = async (to: string, ...refs: string[]): Promise<void> => {
    await database.query(`call dolt_remote('add', '${refs[0]}_remote', ?)`, [pathToFileURL(to).href]).catch(() => {});
    for (const ref of refs) await database.query('call dolt_push(?, ?)', [`${refs[0]}_remote`, ref]);
  };
  await database.query("call dolt_remote('add', 'origin', ?)", [pathToFileURL(folder).href]);
  for (const ref of ['main', 'feature/x', 'v1.0']) await database.query("call dolt_push('origin', ?)", [ref]);
  await push(hidden, 'main');
  return {
    ...{ environment, access, database, folder },
    async end() {
      await database.close();
      if (existsSync(scratch)) rmSync(scratch, { recursive: true, force: true });
    },
  };
}
