import { expect, test } from 'vitest';
import { MemoryDisk } from '../../src/base/memory-disk.ts';
import {
  initialRepoState,
  newRemote,
  type RepoState,
  readRepoState,
  writeRepoState,
} from '../../src/repo/repo-state.ts';

const state: RepoState = {
  ...initialRepoState('refs/heads/main'),
  remotes: new Map([
    ['zz', newRemote('zz', 'http://h/a?x=1&y=<2>', { b: '2', a: '1' })],
    ['origin', newRemote('origin', 'file:///tmp/remote')],
  ]),
  branches: new Map([['main', { head: 'refs/heads/main', remote: 'origin' }]]),
};

test('the text is the one that Dolt writes', () => {
  const disk = new MemoryDisk();
  disk.makeDirectory('test', '/r/.dolt');
  writeRepoState(disk, '/r/.dolt', state);
  // Written by Dolt 2.3.1 but for the second remote's params, which follow Go's rules for maps.
  expect(Buffer.from(disk.readFile('/r/.dolt/repo_state.json')!).toString()).toBe(`{
  "head": "refs/heads/main",
  "remotes": {
    "origin": {
      "name": "origin",
      "url": "file:///tmp/remote",
      "fetch_specs": [
        "refs/heads/*:refs/remotes/origin/*"
      ],
      "params": {}
    },
    "zz": {
      "name": "zz",
      "url": "http://h/a?x=1\\u0026y=\\u003c2\\u003e",
      "fetch_specs": [
        "refs/heads/*:refs/remotes/zz/*"
      ],
      "params": {
        "a": "1",
        "b": "2"
      }
    }
  },
  "backups": {},
  "branches": {
    "main": {
      "head": "refs/heads/main",
      "remote": "origin"
    }
  }
}`);
  expect(readRepoState(disk, '/r/.dolt').remotes.get('zz')!.url).toBe('http://h/a?x=1&y=<2>');
  expect([...readRepoState(disk, '/r/.dolt').branches]).toEqual([...state.branches]);
});

test('what is missing or damaged is named', () => {
  const disk = new MemoryDisk();
  disk.makeDirectory('test', '/r/.dolt');
  expect(() => readRepoState(disk, '/r/.dolt')).toThrow('/r/.dolt/repo_state.json is missing');
  const file = disk.create('test', '/r/.dolt/repo_state.json');
  file.write('test', Buffer.from('{"head": 1}'), 0);
  expect(() => readRepoState(disk, '/r/.dolt')).toThrow('is damaged: it names no head');
});

test('legacy keys and null maps are read', () => {
  const disk = new MemoryDisk();
  disk.makeDirectory('test', '/r/.dolt');
  const file = disk.create('test', '/r/.dolt/repo_state.json');
  file.write('test', Buffer.from('{"head":"refs/heads/x","remotes":null,"staged":"abc","working":"def"}'), 0);
  expect(readRepoState(disk, '/r/.dolt')).toEqual(initialRepoState('refs/heads/x'));
});
