/** `log`: commits of a branch or a range, newest first, each with the refs that point at it. */
import type { Address } from '../base/address.ts';
import { DoltError } from '../base/errors.ts';
import type { Commit } from '../repo/commit.ts';
import { walkLog } from '../repo/log-walk.ts';
import { mergeBase } from '../repo/merge-base.ts';
import { commitOfRef, tryResolveCommit } from '../repo/ref-spec.ts';
import { HEADS, REMOTES, TAGS } from '../repo/refs.ts';
import { parseArguments, UsageError } from './arguments.ts';
import type { Verb } from './verb.ts';
import type { Workspace } from './workspace.ts';
import { resolveSpec, specContext } from './workspace-roots.ts';

export type RefKind = 'head' | 'remote' | 'tag';

export interface Decoration {
  readonly kind: RefKind;
  /** Short: `main`, `origin/main`, `v1`. */
  readonly name: string;
  /** The current branch. */
  readonly isHead: boolean;
}

export interface LogEntry {
  readonly commit: Commit;
  /** The current branch first, then branches, tracking refs, tags. */
  readonly decorations: readonly Decoration[];
}

export interface LogResult {
  /** Commits are read as they are asked for. */
  readonly entries: Iterable<LogEntry>;
  readonly oneline: boolean;
  readonly showParents: boolean;
  readonly stat: boolean;
  readonly graph: boolean;
  readonly showSignature: boolean;
  readonly decorate: 'short' | 'full' | 'no' | 'auto';
}

export const log: Verb<LogResult> = {
  name: 'log',
  summary: 'Show commit logs.',
  synopsis: ['[-n <num_commits>] [<revision-range>] [[--] <table>]'],
  positional: [
    [
      'revision-range',
      'Show only commits in the specified revision range: `main`, `main..feature`, `^main feature`, `main...feature`.',
    ],
  ],
  flags: [
    { name: 'number', short: 'n', value: 'num_commits', help: 'Limit the number of commits to output.' },
    {
      name: 'min-parents',
      value: 'parent_count',
      help: 'The minimum number of parents a commit must have to be included in the log.',
    },
    {
      name: 'merges',
      help: 'Equivalent to min-parents == 2, this will limit the log to commits with 2 or more parents.',
    },
    { name: 'parents', help: 'Shows all parents of each commit in the log.' },
    {
      name: 'decorate',
      value: 'decorate_fmt',
      help: 'Shows refs next to commits. Valid options are short, full, no, and auto',
    },
    { name: 'not', value: 'revision', list: true, help: 'Excludes commits from revision.' },
    { name: 'all', help: 'Automatically select every branch in database' },
    { name: 'oneline', help: 'Shows logs in a compact format.' },
    { name: 'stat', help: 'Shows the diffstat for each commit.' },
    { name: 'show-signature', help: 'Shows what gpg says of signatures.' },
    { name: 'graph', help: 'Shows the commit graph.' },
  ],
  *run(workspace, args) {
    // Git's spelling of a count, and the document's: `-n 1`, `--n 1`.
    const parsed = parseArguments(log, args);
    const decorate = parsed.value('decorate') ?? 'auto';
    if (!isDecorate(decorate)) throw new UsageError(`fatal: invalid --decorate option: ${decorate}`);
    const branches = parsed.has('all') ? Array.from(workspace.refs().entries(HEADS), ([, head]) => head) : [];
    const { heads, excluded, tables } = rangeOf(workspace, parsed.positional, parsed.separator, branches);
    if (heads.length === 0) heads.push(workspace.head());
    for (const revision of parsed.value('not')?.split(',') ?? []) excluded.push(resolveSpec(workspace, revision));
    const limit = countOf(parsed.value('number'), 'number', Number.POSITIVE_INFINITY);
    const minParents = parsed.has('merges') ? 2 : countOf(parsed.value('min-parents'), 'min-parents', 0);
    return {
      entries: entries(workspace, { heads, excluded, tables, limit, minParents }),
      oneline: parsed.has('oneline'),
      showParents: parsed.has('parents'),
      stat: parsed.has('stat'),
      graph: parsed.has('graph'),
      showSignature: parsed.has('show-signature'),
      decorate,
    };
  },
};

const isDecorate = (text: string): text is LogResult['decorate'] => ['short', 'full', 'no', 'auto'].includes(text);

function countOf(text: string | undefined, flag: string, absent: number): number {
  if (text === undefined) return absent;
  const count = Number(text);
  if (!Number.isInteger(count) || count < 0) throw new UsageError(`fatal: invalid --${flag} argument: ${text}`);
  return count;
}

interface Selection {
  readonly heads: Address[];
  readonly excluded: Address[];
  readonly tables: string[];
  readonly limit: number;
  readonly minParents: number;
}

function rangeOf(
  workspace: Workspace,
  positional: readonly string[],
  separator: number | undefined,
  branches: readonly Address[],
): Pick<Selection, 'heads' | 'excluded' | 'tables'> {
  const heads = [...branches];
  const excluded: Address[] = [];
  const tables: string[] = [];
  const { nodes } = workspace.repository;
  positional.forEach((argument, i) => {
    if (separator !== undefined && i >= separator) {
      tables.push(argument);
      return;
    }
    const [, left = '', dots, right = ''] = /^(.*?)(\.{2,3})(.*)$/.exec(argument) ?? [];
    if (dots !== undefined) {
      const [from, to] = [resolveSpec(workspace, left || 'HEAD'), resolveSpec(workspace, right || 'HEAD')];
      if (dots === '..') {
        heads.push(to);
        excluded.push(from);
      } else {
        heads.push(from, to);
        const base = mergeBase(nodes, from, to);
        if (base !== undefined) excluded.push(base);
      }
    } else if (argument.startsWith('^')) {
      excluded.push(resolveSpec(workspace, argument.slice(1)));
    } else {
      const commit = tryResolveCommit(specContext(workspace), argument);
      if (commit !== undefined) heads.push(commit);
      // What is no commit is a table, if one of the commits has it; else the user meant a commit.
      else if (separator === undefined && hasTable(workspace, heads, argument)) tables.push(argument);
      else throw new DoltError('notFound', `error: '${argument}' is neither a commit nor a table`);
    }
  });
  return { heads, excluded, tables };
}

function hasTable(workspace: Workspace, heads: readonly Address[], name: string): boolean {
  const roots = [workspace.headRoot(), ...heads.map((head) => workspace.repository.rootOfCommit(head))];
  return roots.some((root) => root.resolveTableName(name) !== undefined);
}

function* entries(workspace: Workspace, selection: Selection): Generator<LogEntry, void> {
  const { heads, excluded, tables, limit, minParents } = selection;
  const { nodes } = workspace.repository;
  const decorations = decorationsOf(workspace);
  let given = 0;
  if (limit === 0) return;
  for (const commit of walkLog(nodes, heads, excluded)) {
    if (commit.parents.length < minParents) continue;
    if (tables.length > 0 && !touches(workspace, commit, tables)) continue;
    yield { commit, decorations: decorations.get(commit.address) ?? [] };
    if (++given >= limit) return;
  }
}

/** Does the commit differ from its first parent in one of the tables? */
function touches(workspace: Workspace, commit: Commit, tables: readonly string[]): boolean {
  const { repository } = workspace;
  const root = repository.root(commit.root);
  const [parent] = commit.parents;
  const before = parent === undefined ? undefined : repository.rootOfCommit(parent);
  return tables.some((name) => {
    const now = root.resolveTableName(name);
    const then = before?.resolveTableName(name);
    const address = now === undefined ? undefined : root.tableAddress(now);
    return address !== (then === undefined ? undefined : before?.tableAddress(then));
  });
}

/** The refs that point at each commit. */
export function decorationsOf(workspace: Workspace): ReadonlyMap<Address, readonly Decoration[]> {
  const refs = workspace.refs();
  const current = workspace.branch();
  const all = new Map<Address, Decoration[]>();
  const kinds: readonly (readonly [RefKind, string])[] = [
    ['head', HEADS],
    ['remote', REMOTES],
    ['tag', TAGS],
  ];
  for (const [kind, prefix] of kinds) {
    for (const [ref] of refs.entries(prefix)) {
      const name = ref.slice(prefix.length);
      const commit = commitOfRef(workspace.repository.nodes, refs, ref);
      const isHead = kind === 'head' && name === current;
      const list = all.get(commit) ?? [];
      if (isHead) list.unshift({ kind, name, isHead });
      else list.push({ kind, name, isHead });
      all.set(commit, list);
    }
  }
  return all;
}
