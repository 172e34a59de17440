/** What a push sends without asking: all that the remote lacks, and of a change of rows nothing besides. */
import { expect, test } from 'vitest';
import type { Address } from '../../src/base/address.ts';
import { smallChange } from '../../src/remote/small-change.ts';
import { walkReachable } from '../../src/repo/reachable.ts';
import { Repository } from '../../src/repo/repository.ts';
import { Dice } from '../dice.ts';
import { memoryDatabase } from '../sql/memory-engine.ts';

const MOST = 1 << 20;

function reachable(
  { chunks }: Repository,
  roots: readonly Address[],
  known: ReadonlySet<Address> = new Set(),
): Set<Address> {
  const missing = (address: Address): never => {
    throw new Error(`${address} is missing`);
  };
  const seen = new Set<Address>();
  for (const chunk of walkReachable(chunks, roots, seen, missing, (address) => known.has(address))) void chunk;
  return seen;
}

async function manyRows(): Promise<{ run(sql: string): Promise<unknown>; now(): Repository }> {
  const { run, environment } = memoryDatabase();
  await run(`set cte_max_recursion_depth = 10000;
    create table t (id int primary key, a int, b varchar(200), key (a));
    insert into t with recursive n (i) as (select 0 union all select i + 1 from n where i < 2999)
      select i, i * 7 % 1000, repeat(md5(i), 4) from n;
    call dolt_commit('-Am', 'rows')`);
  return { run, now: () => Repository.open(environment, '/shop') };
}

const update = (id: number, value: number): string =>
  `update t set a = ${value} where id = ${id}; call dolt_commit('--allow-empty', '-am', 'row ${id}');`;

test('a changed row is its path in each tree, and nothing besides', async () => {
  const { run, now } = await manyRows();
  const before = now().headOf('main');
  await run(update(1500, -1));
  const repository = now();
  const after = repository.headOf('main');
  const change = smallChange(repository, [after], [before], MOST)!;
  const there = reachable(repository, [before]);
  expect(new Set(change.keys())).toEqual(reachable(repository, [after], there));
  expect(reachable(repository, [after], there).size).toBeLessThan(20);
  expect(smallChange(repository, [after], [before], 500), 'more than that').toBeUndefined();
  expect(smallChange(repository, [before], [before], MOST)!.size).toBe(0);
});

test('of a branch that goes on from an older commit, what is new on it', async () => {
  const { run, now } = await manyRows();
  await run(`${update(1, -1)} ${update(2, -2)} ${update(3, -3)} call dolt_branch('old', 'HEAD~2');`);
  const head = now().headOf('main');
  expect(smallChange(now(), [now().headOf('old')], [head], MOST)!.size).toBe(0);
  await run(`call dolt_checkout('old'); ${update(2500, -4)}`);
  const repository = now();
  const old = repository.headOf('old');
  const lacking = reachable(repository, [old], reachable(repository, [head]));
  const change = smallChange(repository, [old], [head], MOST)!;
  expect([...lacking].every((address) => change.has(address))).toBe(true);
  expect(change.size).toBeLessThan(40);
});

test('whatever the history is, nothing is left out', async () => {
  for (let seed = 1; seed <= 8; seed++) {
    const dice = new Dice(seed);
    const { run, now } = await manyRows();
    const known: Address[] = [];
    for (let step = 0; step < 6; step++) {
      if (dice.below(3) === 0) known.push(now().headOf('main'));
      const changes = [
        () => update(dice.below(3000), dice.below(1000)),
        () => `${update(7, dice.below(1000))}${update(7, 49)}`,
        () =>
          `delete from t where id between ${dice.below(3000)} and 3000; call dolt_commit('--allow-empty', '-am', 'less');`,
        () => `create table u${step} (id int primary key); call dolt_commit('-Am', 'a table');`,
        () =>
          `call dolt_checkout('-b', 'b${step}'); ${update(2, step)} call dolt_checkout('main'); ${update(1, step)}
           call dolt_merge('b${step}', '--no-ff', '-m', 'merge');`,
      ];
      await run(dice.of(changes)());
    }
    const repository = now();
    const head = repository.headOf('main');
    const there = reachable(repository, known);
    const change = smallChange(repository, [head], known, Number.POSITIVE_INFINITY)!;
    const lacking = [...reachable(repository, [head], there)].filter((address) => !change.has(address));
    expect(lacking, `seed ${seed}`).toEqual([]);
  }
});
