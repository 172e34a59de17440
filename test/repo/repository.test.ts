import { expect, test } from 'vitest';
import { FailingDisk } from '../../src/base/failing-disk.ts';
import { MemoryDisk } from '../../src/base/memory-disk.ts';
import { readCommit, writeCommit } from '../../src/repo/commit.ts';
import { branchRef, workingSetRef } from '../../src/repo/refs.ts';
import { Repository } from '../../src/repo/repository.ts';
import { FEATURE_VERSION, RootValue } from '../../src/repo/root-value.ts';
import { readRootValue, writeRootValue } from '../../src/serial/root-value.ts';
import { START, scratchEnvironment, scratchRepository } from './scratch-repository.ts';

test('a new repository has the commit that Dolt makes', () => {
  const repository = scratchRepository();
  const commit = readCommit(repository.nodes, repository.headOf('main'));
  expect(commit).toMatchObject({
    height: 1,
    parents: [],
    author: { name: 'Test User', email: 'test@example.com' },
    committer: { name: 'Test User', email: 'test@example.com' },
    authorDate: START,
    committerDate: START,
    message: 'Initialize data repository',
  });
  expect([...repository.refs().entries()].map(([name]) => name)).toEqual([
    'refs/heads/main',
    'refs/internal/create',
    'workingSets/heads/main',
  ]);
  expect(repository.refs().get('refs/internal/create')).toBe(commit.address);
  const { working, staged, merge } = repository.workingSet('main');
  expect([working.address, staged.address, merge]).toEqual([commit.root, commit.root, undefined]);
  expect(repository.state().head).toBe('refs/heads/main');
});

test('it is there after reopening, and only there', () => {
  const environment = scratchEnvironment();
  expect(() => Repository.open(environment, '/repo')).toThrow('not a valid dolt repository');
  const made = scratchRepository(environment);
  const head = made.headOf('main');
  made.close();
  expect(() => scratchRepository(environment)).toThrow('This directory has already been initialized.');
  expect(Repository.open(environment, '/repo').headOf('main')).toBe(head);
  expect(() => Repository.open(environment, '/')).toThrow('not a valid dolt repository');
});

test('a bad branch name makes nothing', () => {
  const environment = scratchEnvironment();
  const options = { name: 'a', email: 'b', initialBranch: 'a b' };
  expect(() => Repository.init(environment, '/repo', options)).toThrow("'a b' is an invalid branch name");
  expect(environment.disk.stat('/repo/.dolt')).toBeUndefined();
});

test('an update sees what another one has written', () => {
  const environment = scratchEnvironment();
  const repository = scratchRepository(environment);
  const head = repository.headOf('main');
  const next = writeCommit(repository.nodes, readCommit(repository.nodes, head).root, [head], {
    ...readCommit(repository.nodes, head),
    message: 'second',
  });
  let runs = 0;
  const refs = repository.update((seen) => {
    runs++;
    return new Map([
      [branchRef('other'), seen.get(branchRef('main'))],
      [branchRef('main'), next],
    ]);
  });
  expect(runs).toBe(1);
  expect(refs.get(branchRef('other'))).toBe(head);
  expect(repository.headOf('main')).toBe(next);
  expect(repository.update(() => undefined)).toBeDefined();
  expect(() =>
    repository.update(() => {
      throw new Error('given up');
    }),
  ).toThrow('given up');
  expect(repository.headOf('main')).toBe(next);
});

test('every failing disk operation of init and of an update is reported, and leaves before or after', () => {
  for (let n = 1, failed = true; failed; n++) {
    const memory = new MemoryDisk();
    const disk = new FailingDisk(memory, { failAt: n });
    const environment = scratchEnvironment({ disk });
    let error: unknown;
    let head: string | undefined;
    let repository: Repository | undefined;
    try {
      repository = scratchRepository(environment);
      head = repository.headOf('main');
      repository.update((refs) => new Map([[branchRef('other'), refs.get(branchRef('main'))]]));
    } catch (thrown) {
      error = thrown;
    }
    try {
      repository?.close();
    } catch (thrown) {
      error ??= thrown;
    }
    failed = disk.failed;
    // Only the evidence for the last commit may be missing without a word.
    if (disk.lastOperation !== 'journal:confirm')
      expect(error !== undefined, `silent at ${disk.lastOperation}`).toBe(failed);
    for (const found of [memory, memory.crash(() => 0), memory.crash(() => 0.999)]) {
      const after = scratchEnvironment({ disk: found });
      let reopened: Repository;
      try {
        reopened = Repository.open(after, '/repo');
      } catch (thrown) {
        expect(String(thrown), disk.lastOperation).toContain('not a valid dolt repository');
        expect(head, `lost at ${disk.lastOperation}`).toBeUndefined();
        // What a failed init left behind does not stand in the way of another.
        scratchRepository(scratchEnvironment({ disk: found }));
        continue;
      }
      if (head !== undefined) expect(reopened.headOf('main')).toBe(head);
      if (!failed) expect(reopened.refs().get(branchRef('other'))).toBe(head);
      expect(reopened.refs().get(workingSetRef('main'))).toBeDefined();
      reopened.close();
    }
  }
}, 30_000);

test('a root of a newer feature version is refused', () => {
  const { nodes } = scratchRepository();
  const empty = RootValue.empty(nodes).address;
  const stored = readRootValue(nodes.readMessage(empty));
  const newer = nodes.write(writeRootValue({ ...stored, featureVersion: FEATURE_VERSION + 1 }));
  expect(RootValue.read(nodes, empty).tableNames()).toEqual([]);
  expect(() => RootValue.read(nodes, newer)).toThrow('feature version 8, known is 7');
});
