/** A disk without room under a server: what would write fails and says so, reading goes on, and so does writing with room. */
import type { RowDataPacket } from 'mysql2/promise';
import { afterEach, expect, test } from 'vitest';
import { type Disk, DiskError, type DiskFile } from '../../src/base/disk.ts';
import { checkIntegrity } from '../../src/repo/integrity.ts';
import { complete } from '../../src/repo/steps.ts';
import { memoryEnvironment } from '../sql/memory-engine.ts';
import { FOLDER, type Served, serve } from './served-accounts.ts';

let served: Served | undefined;

afterEach(async () => {
  await served?.stop();
  served = undefined;
});

/** The disk, but that nothing can be written while `isFull` says so. */
function limited<D extends Disk>(disk: D, isFull: () => boolean): D {
  const guard = (path: string): void => {
    if (isFull()) throw new DiskError('unavailable', 'ENOSPC', path, `${path}: no space left on the device`);
  };
  const wrap = (file: DiskFile, path: string): DiskFile =>
    new Proxy(file, {
      get(target, key) {
        const member = Reflect.get(target, key);
        if (typeof member !== 'function') return member;
        if (key === 'write') guard(path);
        return member.bind(target);
      },
    });
  return new Proxy(disk, {
    get(target, key) {
      const member = Reflect.get(target, key);
      if (typeof member !== 'function') return member;
      if (key !== 'create' && key !== 'openWrite') return member.bind(target);
      return (moment: string, path: string, ...rest: unknown[]) => {
        if (key === 'create') guard(path);
        return wrap(member.call(target, moment, path, ...rest), path);
      };
    },
  });
}

test('transactions fail while there is no room, and nothing of them stays', async () => {
  const environment = memoryEnvironment();
  let isFull = false;
  served = await serve({ environment: { ...environment, disk: limited(environment.disk, () => isFull) } });
  const root = await served.client({ database: 'shop' });
  const other = await served.client({ database: 'shop' });
  await root.query('create table t (id int primary key, s varchar(250))');
  await root.query("insert into t values (1, 'before')");
  await other.query('start transaction');
  await other.query("insert into t values (2, 'in a transaction')");
  isFull = true;
  const count = async (): Promise<number> => {
    const [rows] = await root.query<RowDataPacket[]>('select count(*) as n from t');
    return rows[0]!['n'];
  };
  for (let attempt = 0; attempt < 3; attempt++) {
    const inserted = root.query('insert into t values (3, repeat(3, 200))');
    await expect(inserted).rejects.toThrow(/no space left/);
    expect(await count()).toBe(1);
  }
  await expect(root.query('call dolt_gc()')).rejects.toThrow(/no space left/);
  const large = `insert into t select i, uuid() from (with recursive n (i) as (select 10 union all select i + 1 from n
    where i < 900) select i from n) as n`;
  await expect(root.query(large)).rejects.toThrow(/no space left/);
  await expect(other.query('commit')).rejects.toThrow(/no space left/);
  expect(await count()).toBe(1);
  isFull = false;
  await root.query("insert into t values (3, 'after')");
  await other.query("insert into t values (4, 'after')");
  await root.query('call dolt_gc()');
  await root.query(large);
  expect(await count()).toBe(3 + 891);
  await served.stop();
  const { problems } = await complete(checkIntegrity(environment, FOLDER));
  expect(problems).toEqual([]);
});
