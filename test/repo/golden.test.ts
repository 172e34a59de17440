/** What Dolt 2.3.1 printed for its own remotes and repositories, against what we read from their files. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { NodeDisk } from '../../src/base/node-disk.ts';
import { NbsStore } from '../../src/chunks/nbs-store.ts';
import { NodeStore } from '../../src/prolly/node-store.ts';
import { closed, isAncestor, readCommit, writeCommit } from '../../src/repo/commit.ts';
import { walkLog } from '../../src/repo/log-walk.ts';
import { mergeBase } from '../../src/repo/merge-base.ts';
import { HEADS, Refs, TAGS, WORKING_SETS } from '../../src/repo/refs.ts';
import { RootValue } from '../../src/repo/root-value.ts';
import { readTag, writeTag } from '../../src/repo/tags.ts';
import { readWorkingSet } from '../../src/repo/working-set.ts';

const golden = fileURLToPath(new URL('../../fixtures/golden', import.meta.url));

interface ExpectedBranch {
  readonly head: string;
  readonly hashof_db: string;
  readonly log: readonly {
    readonly commit_hash: string;
    readonly message: string;
    readonly commit_order: number;
    readonly author: string;
    readonly author_email: string;
    readonly author_date: string;
    readonly date: string;
  }[];
}

interface Expected {
  readonly manifest: { readonly root: string };
  readonly refs: Readonly<Record<string, string>>;
  readonly dolt: Readonly<Record<string, ExpectedBranch>>;
}

const date = (millis: number): string => new Date(millis).toISOString().replace('T', ' ').replace('Z', '');

function open(name: string, journal: boolean): { nodes: NodeStore; refs: Refs } {
  const chunks = NbsStore.open(new NodeDisk(), `${golden}/${name}`, { journal, readOnly: true });
  const nodes = new NodeStore(chunks);
  return { nodes, refs: Refs.read(nodes, chunks.root()) };
}

const remotes = readdirSync(golden).filter((name) => name.startsWith('remote-'));
test('the fixtures are there', () => expect(remotes.length).toBeGreaterThan(3));

test.each(remotes)('%s: refs, logs and root hashes', (name) => {
  const expected = JSON.parse(readFileSync(`${golden}/${name}/expected.json`, 'utf8')) as Expected;
  const { nodes, refs } = open(name, false);
  expect(Object.fromEntries(refs.entries())).toEqual(expected.refs);
  for (const [branch, { head, hashof_db, log }] of Object.entries(expected.dolt)) {
    const address = refs.get(HEADS + branch)!;
    expect(address).toBe(head);
    const commits = [...walkLog(nodes, [address])];
    expect(
      commits.map((commit) => ({
        commit_hash: commit.address,
        message: commit.message,
        commit_order: commit.height,
        author: commit.author.name,
        author_email: commit.author.email,
        author_date: date(commit.authorDate),
        date: date(commit.committerDate),
      })),
    ).toEqual(
      log.map(({ commit_hash, message, commit_order, author, author_email, author_date, date }) => ({
        commit_hash,
        message,
        commit_order,
        author,
        author_email,
        author_date,
        date,
      })),
    );
    expect(RootValue.read(nodes, commits[0]!.root).address).toBe(hashof_db);
    for (const [i, commit] of commits.entries()) {
      for (const [j, other] of commits.entries())
        if (j > i) expect(isAncestor(nodes, commit.address, other.address)).toBe(false);
    }
  }
});

test.each(remotes)('%s: commits, tags and roots are written as they were', (name) => {
  const { nodes, refs } = open(name, false);
  for (const [ref, address] of refs.entries()) {
    if (ref.startsWith(TAGS)) {
      expect(writeTag(nodes, readTag(nodes, address))).toBe(address);
      continue;
    }
    if (!ref.startsWith(HEADS)) continue;
    for (const commit of walkLog(nodes, [address])) {
      expect(writeCommit(nodes, commit.root, commit.parents, commit)).toBe(commit.address);
      const root = RootValue.read(nodes, commit.root);
      const again = root.withForeignKeys(root.foreignKeys()).replaceTables(new Map(root.tables()));
      expect(again.withCollation(1).withCollation(root.collation).address).toBe(commit.root);
      for (const ancestor of closed(nodes, commit).closure.descending()) {
        expect(isAncestor(nodes, ancestor.address, commit.address)).toBe(true);
        expect(mergeBase(nodes, ancestor.address, commit.address)).toBe(ancestor.address);
      }
    }
  }
});

test('a local repository: working sets', () => {
  const { nodes, refs } = open('local-journal', true);
  const sets = [...refs.entries(WORKING_SETS)];
  expect(sets.length).toBeGreaterThan(0);
  for (const [name, address] of sets) {
    const head = refs.get(name.replace('workingSets/', 'refs/'))!;
    const { working, staged, merge } = readWorkingSet(nodes, address);
    expect([working.address, staged.address]).toEqual([readCommit(nodes, head).root, readCommit(nodes, head).root]);
    expect(merge).toBeUndefined();
  }
});
