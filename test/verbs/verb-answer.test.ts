/** What a verb answers in another process is what it answered there. */
import { expect, test } from 'vitest';
import { DoltError } from '../../src/base/errors.ts';
import { NothingToCommitError } from '../../src/repo/repo-errors.ts';
import { Repository } from '../../src/repo/repository.ts';
import { UsageError } from '../../src/verbs/arguments.ts';
import { decodeAnswer, encodeAnswer, type VerbAnswer } from '../../src/verbs/verb-answer.ts';
import { memoryEnvironment } from '../sql/memory-engine.ts';

const environment = memoryEnvironment();
environment.disk.makeDirectory('test', '/shop');
const repository = Repository.init(environment, '/shop', { name: 'A B', email: 'a@b.c', initialBranch: 'main' });

const travel = (answer: VerbAnswer<unknown>): VerbAnswer<unknown> =>
  decodeAnswer(encodeAnswer(answer), (address) => repository.root(address));

test('results with lists, maps, big integers and roots', () => {
  const { working } = repository.workingSet('main');
  const result = {
    kind: 'merged',
    from: 'a',
    none: null,
    merge: { root: working, conflicts: new Map([['t', 3]]), schemaConflicts: [{ table: 'u', description: 'ä' }] },
    size: 2n ** 70n,
    names: ['$map', '$root'],
  };
  const { outcome, warnings, progress } = travel({ outcome: { result }, warnings: ['w'], progress: '3 chunks' });
  expect(outcome).toEqual({ result });
  expect(warnings).toEqual(['w']);
  expect(progress).toBe('3 chunks');
  const { merge } = (outcome as { result: typeof result }).result;
  expect(merge.root.equals(working)).toBe(true);
});

test('nothing at all, and what means something to its own process only', () => {
  expect(travel({ outcome: { result: undefined }, warnings: [], progress: undefined })).toEqual({
    outcome: { result: undefined },
    warnings: [],
    progress: undefined,
  });
  const result = { moved: [], refs: repository.refs() };
  expect(travel({ outcome: { result }, warnings: [], progress: undefined }).outcome).toEqual({ result: { moved: [] } });
});

test.each([
  new DoltError('conflict', 'in the way'),
  new UsageError('Must provide commit message.'),
  new NothingToCommitError(),
])('error: %s', (error) => {
  const { outcome } = travel({ outcome: { error }, warnings: [], progress: undefined });
  const back = (outcome as { error: DoltError }).error;
  expect(back).toBeInstanceOf(error.constructor);
  expect(back.message).toBe(error.message);
  expect(back.kind).toBe(error.kind);
});
