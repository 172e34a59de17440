/**
 * Damage to any file of a repository, at random places from seeds: each command gives the right rows or an error that
 * names what is damaged, reading changes nothing, a write makes nothing worse, and `fsck` names all that matters.
 */
import { beforeAll, describe, expect, test } from 'vitest';
import { DoltError } from '../../src/base/errors.ts';
import { complete } from '../../src/repo/steps.ts';
import { fsck } from '../../src/verbs/fsck.ts';
import { gc } from '../../src/verbs/gc.ts';
import { seeded, type World } from '../replication/world.ts';
import { copyOf, filesOf, inflict, JOURNAL, overwrite, prepared, randomDamage } from './damaged-world.ts';

const QUERIES = [
  'select * from t',
  'select count(*) from t where qty = 5',
  'select * from u',
  'select commit_hash, message from dolt_log',
  "select * from t as of 'v1' where id < 10",
  'select * from dolt_status',
  'select * from dolt_branches',
  'select count(*) from dolt_history_t',
  'select * from dolt_diff_t order by to_id',
];

let pristine: World;
let files: ReadonlyMap<string, Buffer>;
let expected: readonly string[];

/** What each query gives; an error that is not meant for users is thrown. */
async function answers(world: World): Promise<(string | DoltError)[]> {
  const found: (string | DoltError)[] = [];
  for (const query of QUERIES) {
    try {
      found.push(JSON.stringify(await world.sql('/p', query)));
    } catch (error) {
      if (!(error instanceof DoltError)) throw error;
      found.push(error);
    }
  }
  return found;
}

/** All files, as one text that is compared quickly. */
const textOf = ({ disk }: World): string =>
  Array.from(filesOf(disk, '/p'), ([path, bytes]) => `${path}\n${bytes.toString('latin1')}`).join('\n');

/** Offsets behind the root records of the journal: where a writer that was killed may have stopped. */
function rootEnds(journal: Buffer): number[] {
  const ends: number[] = [];
  for (let at = 0; at + 4 <= journal.length; ) {
    const length = journal.readUInt32BE(at);
    at += length;
    if (length === 40) ends.push(at);
  }
  return ends;
}

beforeAll(async () => {
  pristine = await prepared();
  files = filesOf(pristine.disk, '/p');
  expected = (await answers(pristine)).map(String);
  expect((await pristine.fsck('/p')).problems).toEqual([]);
});

test('commands give right rows or name the damage, and write nothing', async () => {
  // What a journal that was cut off may show: an earlier state, and says so.
  const earlier = new Set<string>();
  for (const end of rootEnds(files.get(JOURNAL)!)) {
    const world = copyOf(pristine);
    overwrite(world.disk, JOURNAL, files.get(JOURNAL)!.subarray(0, end));
    earlier.add((await answers(world)).join('\n'));
  }
  const random = seeded(20261126);
  for (let n = 0; n < 250; n++) {
    const damage = randomDamage(random, files);
    const what = `${damage.kind} at ${damage.at} of ${damage.path}`;
    const world = copyOf(pristine);
    inflict(world.disk, damage);
    const before = textOf(world);
    const found = await answers(world);
    const errors = found.filter((each) => each instanceof DoltError);
    for (const { message } of errors) expect(message, what).toMatch(/\/p\/\.dolt\/|\b[0-9a-v]{32}\b|branch not found/);
    const differs = found.some((each, i) => !(each instanceof DoltError) && each !== expected[i]);
    if (differs) {
      expect(damage.kind, what).toBe('cut');
      expect(damage.path, what).toBe(JOURNAL);
      expect(earlier, what).toContain(found.join('\n'));
      if (!rootEnds(files.get(JOURNAL)!).includes(damage.at))
        expect(world.log.join(), what).toContain('incomplete write');
    }
    expect(textOf(world) === before, what).toBe(true);
    const { problems } = await world.fsck('/p');
    if (errors.length > 0) expect(problems, what).not.toEqual([]);
  }
}, 300_000);

test.each([
  ["insert into t values (100000, 'new', 5)"],
  ["update t set qty = qty + 1; call dolt_commit('-am', 'new')"],
  ["call dolt_push('origin', 'main')"],
  ["call dolt_branch('fresh')"],
  ["call dolt_merge('side')"],
  ['gc'],
])(
  '%s on top of damage makes nothing worse',
  async (statement) => {
    const random = seeded(statement.length);
    for (let n = 0; n < 40; n++) {
      const damage = randomDamage(random, files);
      const what = `${damage.kind} at ${damage.at} of ${damage.path}`;
      const world = copyOf(pristine);
      inflict(world.disk, damage);
      const act = statement === 'gc' ? world.command('/p', gc) : world.sql('/p', statement);
      const refused = await act.then(
        () => false,
        (error: unknown) => error instanceof DoltError || Promise.reject(error),
      );
      // A torn tail is cut off by the next writer, who has said so; everything else comes back with the right bytes.
      const after = world.disk.readFile(damage.path);
      const isAsDamaged = damage.bytes ? after && damage.bytes.equals(after) : after === undefined;
      if (!isAsDamaged) {
        expect(refused && damage.kind !== 'cut', what).toBe(false);
        continue;
      }
      overwrite(world.disk, damage.path, files.get(damage.path)!);
      expect((await world.fsck('/p')).problems, what).toEqual([]);
      if (refused && !statement.includes('commit')) expect(await answers(world), what).toEqual(expected);
    }
  },
  120_000,
);

describe('the journal', () => {
  const journal = (): Buffer => Buffer.from(files.get(JOURNAL)!);

  test('damage in the last commit is no torn write, wherever it is', async () => {
    const ends = rootEnds(journal()).filter((end, i, all) => end - 40 !== all[i - 1]);
    const [previous, last] = ends.slice(-2) as [number, number];
    for (let at = previous + 80; at < last; at += 1 + Math.floor((last - previous) / 20)) {
      const bytes = journal();
      bytes[at]! ^= 0x10;
      const world = copyOf(pristine);
      overwrite(world.disk, JOURNAL, bytes);
      for (const found of await answers(world)) expect(String(found), `byte ${at}`).toContain('damaged at offset');
      expect((await world.fsck('/p')).problems).toMatchObject([{ place: JOURNAL }]);
      await expect(world.sql('/p', "insert into t values (-1, '', 0)")).rejects.toThrow('damaged at offset');
      expect(bytes.equals(world.disk.readFile(JOURNAL)!)).toBe(true);
    }
  });

  test('what a killed writer leaves is an earlier commit, and said to be', async () => {
    const world = copyOf(pristine);
    overwrite(world.disk, JOURNAL, journal().subarray(0, journal().length - 130));
    await world.sql('/p', 'select 1');
    expect(world.log.join()).toContain('incomplete write');
    await world.sql('/p', "insert into t values (-1, '', 0)");
    expect((await world.fsck('/p')).problems).toEqual([]);
  });

  test('that is damaged can be revived, and is kept', async () => {
    const world = copyOf(pristine);
    const bytes = journal();
    bytes[rootEnds(bytes).at(-4)! + 50]! ^= 1;
    overwrite(world.disk, JOURNAL, bytes);
    const place = { environment: world.environment(), directory: '/p', announcer: { warn() {}, progress() {} } };
    const revive = () => complete(fsck.run(place, ['--revive-journal-with-data-loss']));
    const revived = await revive();
    if (!('savedAs' in revived)) throw new Error('not revived');
    expect(revived.savedAs).toBe(`${JOURNAL}_save_2024_01_02_11045`);
    expect(bytes.equals(world.disk.readFile(revived.savedAs)!)).toBe(true);
    expect((await world.fsck('/p')).problems).toEqual([]);
    expect(await world.sql('/p', 'select count(*) from t')).toEqual([[500]]);
    await expect(revive()).rejects.toThrow('no data loss detected');
  });

  test('that is emptied is not taken for a new one', async () => {
    const world = copyOf(pristine);
    overwrite(world.disk, JOURNAL, Buffer.alloc(0));
    await expect(world.sql('/p', 'select 1')).rejects.toThrow('it has no root any more');
  });

  test('damaged in its first record is revived to the root of the manifest', async () => {
    const world = copyOf(pristine);
    const bytes = journal();
    bytes[20]! ^= 1;
    overwrite(world.disk, JOURNAL, bytes);
    const place = { environment: world.environment(), directory: '/p', announcer: { warn() {}, progress() {} } };
    await complete(fsck.run(place, ['--revive-journal-with-data-loss']));
    expect(await world.sql('/p', 'select count(*) from t')).toEqual([[400]]);
    expect((await world.fsck('/p')).problems).toEqual([]);
  });
});

describe('fsck', () => {
  test('names every damage, also where nothing can be opened', async () => {
    const world = copyOf(pristine);
    world.disk.remove('', '/p/.dolt/noms/manifest');
    world.disk.remove('', '/p/.dolt/repo_state.json');
    overwrite(world.disk, '/p/.dolt/config', Buffer.of(0, 1, 2));
    const table = [...files.keys()].find((path) => /oldgen\/[0-9a-v]{32}$/.test(path))!;
    const bytes = Buffer.from(files.get(table)!);
    bytes[5]! ^= 1;
    overwrite(world.disk, table, bytes);
    const { problems } = await world.fsck('/p');
    expect(problems.map(({ place }) => place)).toEqual([
      '/p/.dolt/noms/manifest',
      table,
      '/p/.dolt/repo_state.json',
      '/p/.dolt/config',
    ]);
  });

  test.each<[string, (text: string) => string, RegExp]>([
    [
      'a head that is not there',
      (text) => text.replace('heads/main', 'heads/mair'),
      /'refs\/heads\/mair' does not exist/,
    ],
    ['a head that is no branch', (text) => text.replace('refs/heads/main', 'refs/tags/v1'), /is not a branch/],
    ['an unknown key', (text) => text.replace('"remotes"', '"removes"'), /unknown key 'removes'/],
    ['a broken url', (text) => text.replace('file://', 'file/'), /remote 'origin' has the url 'file\//],
    ['a broken fetch spec', (text) => text.replace('refs/heads/*:', 'refs/heads/*'), /has the fetch spec/],
    ['half of it', (text) => text.slice(0, 100), /is damaged: .*restore it from a backup, or write/],
  ])('looks at repo_state.json: %s', async (_name, edit, message) => {
    const world = copyOf(pristine);
    const path = '/p/.dolt/repo_state.json';
    overwrite(world.disk, path, Buffer.from(edit(files.get(path)!.toString())));
    const { problems } = await world.fsck('/p');
    expect(problems).toMatchObject([{ place: path }]);
    expect(problems[0]!.message).toMatch(message);
  });
});

test('a repository without its manifest is not called none', async () => {
  const world = copyOf(pristine);
  world.disk.remove('', '/p/.dolt/noms/manifest');
  await expect(world.sql('/p', 'select 1')).rejects.toThrow('/p/.dolt/noms/manifest is missing');
});
