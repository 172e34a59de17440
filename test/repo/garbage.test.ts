/** Garbage collection step by step, with what runs beside it. */
import { expect, test } from 'vitest';
import { collectGarbage } from '../../src/repo/garbage.ts';
import { branchRef } from '../../src/repo/refs.ts';
import { Repository } from '../../src/repo/repository.ts';
import { memoryEnvironment } from '../sql/memory-engine.ts';

function scratch(): Repository {
  const environment = memoryEnvironment();
  environment.disk.makeDirectory('test', '/r');
  return Repository.init(environment, '/r', { name: 'A', email: 'a@b.c', initialBranch: 'main' });
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('what an operation puts while garbage is collected stays until it has ended, whoever commits it', async () => {
  const repository = scratch();
  const { activity, chunks, nodes } = repository;
  const endFirst = activity.begin();
  const early = nodes.writeBlob(new Uint8Array(100).fill(1));
  const collecting = collectGarbage(repository);
  const first = collecting.next();
  expect(first.done).toBe(false);
  let isCalm = false;
  const calm = (first.value as { until: Promise<unknown> }).until.then(() => {
    isCalm = true;
  });
  const endSecond = activity.begin();
  const late = nodes.writeBlob(new Uint8Array(100).fill(2));
  // Another session's commit takes along what is buffered.
  repository.update((refs) => new Map([[branchRef('other'), refs.get(branchRef('main'))]]));
  await turn();
  expect(isCalm).toBe(false);
  endFirst();
  await calm;
  let step = collecting.next();
  while (!step.done) step = collecting.next(await step.value.until);
  expect(chunks.get(early)).toBeUndefined();
  expect(chunks.get(late)).toBeDefined();
  endSecond();
  for (const _ of collectGarbage(repository));
  expect(chunks.get(late)).toBeUndefined();
  expect(repository.refs().get(branchRef('other'))).toBe(repository.refs().get(branchRef('main')));
  repository.close();
});

test('what a holder holds stays as long as it holds it', () => {
  const repository = scratch();
  const { activity, chunks, nodes } = repository;
  const held = nodes.writeBlob(new Uint8Array(100).fill(1));
  const holder = { held: () => [held] };
  activity.holders.add(holder);
  for (const _ of collectGarbage(repository)) expect(chunks.get(held)).toBeDefined();
  expect(chunks.get(held)).toBeDefined();
  activity.holders.delete(holder);
  for (const _ of collectGarbage(repository));
  expect(chunks.get(held)).toBeUndefined();
  repository.close();
});
