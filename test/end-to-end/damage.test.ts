/** Damage as the built command sees it: no stack traces, no hanging, exit status 1, and the name of what is damaged. */
import { cpSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Scratch } from './command-line.ts';

const scratch = new Scratch();
afterAll(() => scratch.remove());

const JOURNAL = '.dolt/noms/vvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvv';
const COMMANDS = [['log'], ['status'], ['sql', '-q', 'select * from t']];
const outputs = new Map<readonly string[], string>();

beforeAll(() => {
  scratch.repository('whole');
  scratch.sql('whole', "create table t (id int primary key, v text); call dolt_commit('-Am', 'one')");
  scratch.run('whole', ['gc']);
  scratch.sql('whole', "insert into t values (1, repeat('long ', 900)); call dolt_commit('-Am', 'two')");
  scratch.sql('whole', "insert into t values (2, 'x'); call dolt_commit('-Am', 'three')");
  scratch.directory('remote');
  scratch.run('whole', ['remote', 'add', 'origin', `file://${scratch.path('remote')}`]);
  scratch.run('whole', ['push', 'origin', 'main']);
  for (const args of COMMANDS) outputs.set(args, scratch.run('whole', args));
});

const flip = (path: string, at: number): void => {
  const bytes = readFileSync(path);
  bytes[at < 0 ? bytes.length + at : at]! ^= 0x20;
  writeFileSync(path, bytes);
};

const tableIn = (folder: string): string =>
  join(folder, readdirSync(folder).find((name) => /^[0-9a-v]{32}$/.test(name) && !/^v+$/.test(name))!);

describe.each<[string, (folder: string) => void, named: string]>([
  ['a manifest', (folder) => flip(`${folder}/.dolt/noms/manifest`, 3), '/.dolt/noms/manifest'],
  ['no manifest', (folder) => rmSync(`${folder}/.dolt/noms/manifest`), '/.dolt/noms/manifest is missing'],
  ['the last commit in the journal', (folder) => flip(join(folder, JOURNAL), -300), JOURNAL],
  ['an emptied journal', (folder) => truncateSync(join(folder, JOURNAL), 0), JOURNAL],
  ['the end of a table file', (folder) => flip(tableIn(`${folder}/.dolt/noms/oldgen`), -1), '/.dolt/noms/oldgen/'],
  ['repo_state.json', (folder) => flip(`${folder}/.dolt/repo_state.json`, 0), '/.dolt/repo_state.json'],
])('damage: %s', (name, damage, named) => {
  const folder = `damaged: ${name}`;
  beforeAll(() => {
    cpSync(scratch.path('whole'), scratch.path(folder), { recursive: true });
    damage(scratch.path(folder));
  });

  test('is named by commands, which write nothing', () => {
    const noms = scratch.path(folder, '.dolt/noms');
    const sizes = () => readdirSync(noms).map((file) => [file, statSync(join(noms, file)).size]);
    const before = sizes();
    for (const args of COMMANDS) {
      const { status, out, err } = scratch.try(folder, args);
      // What is damaged may not be needed.
      if (status === 0) expect({ out, err }, args.join(' ')).toEqual({ out: outputs.get(args), err: '' });
      else expect({ status, err }, args.join(' ')).toEqual({ status: 1, err: expect.stringContaining(named) });
      expect(err).not.toMatch(/a bug|^\s+at /m);
    }
    expect(sizes()).toEqual(before);
  });

  test('is named by fsck', () => {
    const { status, out, err } = scratch.try(folder, ['fsck']);
    expect(err).toContain(named);
    expect(out).toContain('problems found.');
    expect(status).toBe(1);
  });
});

test('a damaged journal can be revived', () => {
  cpSync(scratch.path('whole'), scratch.path('revived'), { recursive: true });
  flip(scratch.path('revived', JOURNAL), -300);
  expect(scratch.run('revived', ['fsck', '--revive-journal-with-data-loss'])).toMatch(/_save_\d{4}_\d\d_\d\d_\d{5}\./);
  expect(scratch.run('revived', ['fsck'])).toContain('No problems found.');
  expect(scratch.run('revived', ['log', '--oneline'])).toContain('one');
  // What the remote has comes back from there.
  scratch.run('revived', ['pull', 'origin', 'main']);
  expect(scratch.run('revived', ['log', '--oneline'])).toContain('three');
});

test('a clone of a damaged remote leaves nothing', () => {
  cpSync(scratch.path('remote'), scratch.path('damaged-remote'), { recursive: true });
  flip(tableIn(scratch.path('damaged-remote')), 20);
  const { status, err } = scratch.try('.', ['clone', `file://${scratch.path('damaged-remote')}`, 'clone']);
  expect(err).toMatch(
    /remote file:.*damaged-remote is damaged: [0-9a-v]{32}: chunk [0-9a-v]{32}: checksum does not match; nothing was cloned/,
  );
  expect(status).toBe(1);
  expect(readdirSync(scratch.folder)).not.toContain('clone');
});
