import { expect, test } from 'vitest';
import { MemoryDisk } from '../../src/base/memory-disk.ts';
import { templateDatabases } from '../../src/remote/template-databases.ts';

const PATHS = ['/r/b', '/r/a', '/r/x-a.d/store', '/r/x-.d/store', '/r/x-b.d', '/r/a/a'];

function disk(): MemoryDisk {
  const made = new MemoryDisk();
  for (const path of PATHS) {
    made.makeDirectory('', path);
    made.create('', `${path}/manifest`).close();
  }
  made.makeDirectory('', '/r/empty');
  return made;
}

test.each([
  ['file:///r/{database}', ['a', 'b', 'x-b.d']],
  ['file:///r/x-{database}.d', ['b']],
  ['file:///r/x-{database}.d/store', ['a']],
  ['file:///r/{database}/{database}', ['a']],
  ['file:///nowhere/{database}', undefined],
  ['file:///r/a', undefined],
  ['https://host/{database}', undefined],
])('%s', (template, names) => {
  expect(templateDatabases(disk(), template)).toEqual(names);
});
