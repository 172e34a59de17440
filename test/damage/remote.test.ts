/**
 * Damage to any file of a remote, at random places from seeds: a clone is whole or refused and then leaves nothing, a
 * fetch or pull brings whole chunks or changes nothing, a push goes through or is refused.
 */
import { beforeAll, expect, test } from 'vitest';
import { type Address, EMPTY_ADDRESS } from '../../src/base/address.ts';
import { DoltError } from '../../src/base/errors.ts';
import { NbsStore } from '../../src/chunks/nbs-store.ts';
import { walkReachable } from '../../src/repo/reachable.ts';
import { seeded, type World } from '../replication/world.ts';
import { copyOf, filesOf, inflict, prepared, randomDamage } from './damaged-world.ts';

const QUERIES = ['select * from t', 'select * from u', 'select count(*) from dolt_history_t', 'select * from dolt_log'];

let pristine: World;
let files: ReadonlyMap<string, Buffer>;
let expected: string;
let old: string;

async function content(world: World, folder: string): Promise<string> {
  const found: unknown[] = [];
  for (const query of QUERIES) found.push(await world.sql(folder, query));
  return JSON.stringify(found);
}

/** The error's message; undefined when there is none. */
async function refusal(act: Promise<unknown>): Promise<string | undefined> {
  try {
    await act;
    return undefined;
  } catch (error) {
    if (error instanceof DoltError) return error.message;
    throw error;
  }
}

beforeAll(async () => {
  pristine = await prepared();
  await pristine.clone('/old');
  old = await content(pristine, '/old');
  await pristine.sql('/p', "update t set qty = 99 where id < 300; call dolt_commit('-am', 'fourth')");
  await pristine.sql('/p', "call dolt_push('origin', 'main')");
  files = filesOf(pristine.disk, '/remote');
  const world = copyOf(pristine);
  await world.clone('/new');
  expected = await content(world, '/new');
});

test('damaged chunks do not arrive', async () => {
  const random = seeded(11);
  const outcomes = new Map<string, number>();
  for (let n = 0; n < 150; n++) {
    const damage = randomDamage(random, files);
    const what = `${damage.kind} at ${damage.at} of ${damage.path}`;
    const world = copyOf(pristine);
    inflict(world.disk, damage);
    const named = /\/remote\b.*(\b[0-9a-v]{32}\b|manifest)/;

    const cloned = await refusal(world.clone('/new'));
    if (cloned === undefined) {
      expect(await content(world, '/new'), what).toBe(expected);
      expect((await world.fsck('/new')).problems, what).toEqual([]);
    } else {
      expect(cloned, what).toMatch(named);
      expect(world.disk.stat('/new'), what).toBeUndefined();
    }

    const pulled = await refusal(world.sql('/old', "call dolt_pull('origin')"));
    if (pulled !== undefined) expect(pulled, what).toMatch(named);
    expect(await content(world, '/old'), what).toBe(pulled === undefined ? expected : old);
    expect((await world.fsck('/old')).problems, what).toEqual([]);

    const outcome = `${cloned === undefined ? 'cloned' : 'not cloned'}, ${pulled === undefined ? 'pulled' : 'not pulled'}`;
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  }
  expect([...outcomes.keys()].sort()).toEqual(['cloned, pulled', 'not cloned, not pulled', 'not cloned, pulled']);
}, 300_000);

test('a chunk with other bytes than its address says does not arrive, whatever its checksum', async () => {
  const world = copyOf(pristine);
  const honest = NbsStore.open(world.disk, '/remote', { journal: false });
  const forged = NbsStore.open(world.disk, '/forged', { journal: false });
  const victims: Address[] = [];
  const onDamage = (_: Address, error: unknown): never => {
    throw error;
  };
  for (const { address, bytes: chunk } of walkReachable(honest, [honest.root()], new Set(), onDamage)) {
    const at = Buffer.from(chunk).indexOf('row 7919');
    if (at < 0) forged.put(address, chunk);
    else {
      victims.push(address);
      const other = Uint8Array.from(chunk);
      other[at]! ^= 1;
      forged.put(address, other);
    }
  }
  expect(victims).not.toEqual([]);
  expect(forged.commit(honest.root(), EMPTY_ADDRESS)).toBe(true);
  const cloned = await refusal(world.clone('/new', {}, 'file:///forged'));
  expect(cloned).toMatch(new RegExp(`remote file:///forged is damaged: .*chunk (${victims.join('|')}): its bytes`));
  expect(world.disk.stat('/new')).toBeUndefined();
});

test('a remote that lost its manifest is not written over', async () => {
  const world = copyOf(pristine);
  world.disk.remove('', '/remote/manifest');
  expect(await refusal(world.sql('/p', "call dolt_push('origin', 'main')"))).toContain('/remote/manifest is missing');
  expect(world.disk.stat('/remote/manifest')).toBeUndefined();
});
