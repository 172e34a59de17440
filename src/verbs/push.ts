/**
 * `push`: brings commits to a remote and moves its refs: branches forward only, and tags that are there not at all, unless
 * forced. Several refs move together; those that may not move are rejected, which fails the push after the others went
 * through.
 */
import { DoltError } from '../base/errors.ts';
import { askingAs, openRemote } from '../remote/open-remote.ts';
import { type PushedRef, pushTo } from '../remote/push.ts';
import { type PushSpec, parsePushSpec } from '../remote/ref-mapping.ts';
import { branchRef, HEADS, REMOTES, type RefName, TAGS, tagRef, trackingRef } from '../repo/refs.ts';
import { absoluteRemoteUrl, DEFAULT_HOST_KEY, isUrl, shownUrl } from '../repo/remote-url.ts';
import { newRemote, type Remote, type RepoState } from '../repo/repo-state.ts';
import type { Repository } from '../repo/repository.ts';
import { waitFor } from '../repo/steps.ts';
import { defaultRemote, remoteAt, withUpstream } from '../repo/upstream.ts';
import { type ParsedArguments, parseArguments, UsageError } from './arguments.ts';
import { transferFlags, transferProgress } from './fetch.ts';
import type { Verb } from './verb.ts';
import { currentBranch, type Workspace } from './workspace.ts';

export interface PushResult {
  readonly remote: Remote;
  readonly refs: readonly PushedRef[];
  /** Branches that follow what they were pushed to from now on: `main` → `origin/main`. */
  readonly upstreams: ReadonlyMap<string, string>;
}

const BRANCH_HINT =
  'hint: Updates were rejected because the tip of your current branch is behind\n' +
  "hint: its remote counterpart. Integrate the remote changes (e.g.\nhint: 'dolt pull ...') before pushing again.\n";
/** Git's words: Dolt overwrites the tag. */
const TAG_HINT = 'hint: Updates were rejected because the tag already exists in the remote.\n';

/** Some refs were rejected; the message lists all, as Dolt does. */
export class PushRejectedError extends DoltError {
  readonly refs: readonly PushedRef[];
  /** `upstreams`: of those that were pushed. */
  constructor(url: string, refs: readonly PushedRef[], upstreams: ReadonlyMap<string, string>) {
    const isTag = ({ target, outcome }: PushedRef): boolean => outcome === 'rejected' && target.startsWith(TAGS);
    const hint = refs.some(isTag) ? TAG_HINT : BRANCH_HINT;
    super(
      'conflict',
      `${pushReport(url, refs, upstreams)}\nerror: failed to push some refs to '${shownUrl(url)}'\n${hint}`,
    );
    this.refs = refs;
  }
}

export const push: Verb<PushResult> = {
  name: 'push',
  summary: 'Push to a dolt remote.',
  synopsis: ['[-u | --set-upstream] [<remote>] [<refspec>]'],
  positional: [
    ['remote', 'The remote to push to, by its name or its URL.'],
    ['refspec', 'What to push where: `main`, `main:other`, `:other` (deletes).'],
  ],
  flags: [
    {
      name: 'set-upstream',
      short: 'u',
      help: 'For every branch that is up to date or successfully pushed, add upstream (tracking) reference, used by argument-less dolt pull and other commands.',
    },
    {
      name: 'force',
      short: 'f',
      help: 'Update the remote with local history, overwriting any conflicting history in the remote.',
    },
    { name: 'all', help: 'Push all branches.' },
    ...transferFlags,
  ],
  *run(workspace, args) {
    const parsed = parseArguments(push, args);
    const { repository } = workspace;
    const state = repository.state();
    const auto = repository.config.get('push.autosetupremote')?.toLowerCase() === 'true';
    const { remote, specs, setUpstream } = targetsOf(workspace, state, parsed, auto);
    if (setUpstream && !state.remotes.has(remote.name)) {
      throw new UsageError(
        `a URL cannot be an upstream; add it as a remote: dolt remote add <name> ${shownUrl(remote.url)}`,
      );
    }
    if (setUpstream && specs.some(({ target }) => target.startsWith(TAGS))) {
      throw new UsageError('cannot set upstream for tag');
    }
    const [tracked] = workspace.refs().entries(`${REMOTES}${remote.name}/`);
    const isKnown = tracked !== undefined;
    const asking = askingAs(repository, remote, parsed.value('user'));
    const store = openRemote(repository.environment, remote.url, { create: !isKnown, ...asking });
    let refs: readonly PushedRef[];
    try {
      const progress = transferProgress(workspace, 'Uploaded', parsed);
      const options = { force: parsed.has('force'), isKnown, isTracked: state.remotes.has(remote.name), progress };
      refs = yield* waitFor(pushTo(repository, store, remote, specs, options));
    } finally {
      store.close();
    }
    const upstreams = new Map<string, string>();
    if (setUpstream) {
      repository.updateState((before) => {
        let after = before;
        for (const { source, target, outcome } of refs) {
          if (source === undefined || outcome === 'rejected' || !source.startsWith(HEADS)) continue;
          const [branch, remoteBranch] = [source.slice(HEADS.length), target.slice(HEADS.length)];
          after = withUpstream(after, branch, remote.name, remoteBranch);
          upstreams.set(branch, trackingRef(remote.name, remoteBranch).slice(REMOTES.length));
        }
        return after;
      });
    }
    const unknown = refs.find(({ source, outcome }) => source === undefined && outcome === 'up-to-date');
    if (unknown) {
      throw new DoltError(
        'notFound',
        `failed to delete remote; '${unknown.target}' from remote '${remote.name}'; branch not found`,
      );
    }
    if (refs.some(({ outcome }) => outcome === 'rejected')) {
      throw new PushRejectedError(remote.url, refs, upstreams);
    }
    return { remote, refs, upstreams };
  },
};

/** What Dolt prints after a push; `Everything up-to-date` when nothing moved. */
export function pushReport(url: string, refs: readonly PushedRef[], upstreams: ReadonlyMap<string, string>): string {
  const short = (ref: RefName | undefined): string => ref?.replace(/^refs\/(heads|tags)\//, '') ?? '';
  const lines = refs.flatMap(({ source, target, outcome }) => {
    const arrow = `${short(source)} -> ${short(target)}`;
    switch (outcome) {
      case 'up-to-date':
        return [];
      case 'deleted':
        return [` - [deleted]             ${short(target)}`];
      case 'rejected':
        return [
          ` ! [rejected]            ${arrow} (${target.startsWith(TAGS) ? 'already exists' : 'non-fast-forward'})`,
        ];
      default:
        return [` * [new branch]          ${arrow}`];
    }
  });
  const tracked = Array.from(upstreams, ([branch, upstream]) => `branch '${branch}' set up to track '${upstream}'.`);
  if (lines.length === 0) return ['Everything up-to-date', ...tracked].join('\n');
  return [`To ${shownUrl(url)}`, ...lines, ...tracked].join('\n');
}

interface Targets {
  readonly remote: Remote;
  readonly specs: readonly PushSpec[];
  readonly setUpstream: boolean;
}

function targetsOf(workspace: Workspace, state: RepoState, parsed: ParsedArguments, auto: boolean): Targets {
  const refs = workspace.refs();
  const resolve = (name: string): RefName | undefined => {
    if (name.toUpperCase() === 'HEAD') return branchRef(currentBranch(workspace));
    return [name, branchRef(name), tagRef(name), `refs/${name}`].find((ref) => {
      return (ref.startsWith(HEADS) || ref.startsWith(TAGS)) && refs.get(ref) !== undefined;
    });
  };
  const specsOf = (texts: readonly string[]): PushSpec[] => texts.map((text) => parsePushSpec(text, resolve));
  const [name, ...texts] = parsed.positional;
  const setUpstream = parsed.has('set-upstream');
  const remote =
    name === undefined
      ? defaultRemote(state)
      : (state.remotes.get(name) ?? remoteByUrl(workspace.repository, state, name));
  if (!remote) {
    throw new DoltError(
      'notFound',
      name === undefined
        ? 'fatal: No configured push destination.\nEither specify the URL from the command-line or configure a remote repository using\n\n\tdolt remote add <name> <url>\n\nand then push using the remote name\n\n\tdolt push <name>\n\n'
        : `fatal: remote '${name}' not found.\nPlease make sure the remote exists.`,
    );
  }
  if (texts.length > 0) {
    if (parsed.has('all')) throw new UsageError("fatal: --all can't be combined with refspecs");
    return { remote, specs: specsOf(texts), setUpstream };
  }
  if (parsed.has('all')) return { remote, specs: specsOf(refs.branches()), setUpstream };

  const branch = currentBranch(workspace);
  if (!state.remotes.has(remote.name)) return { remote, specs: specsOf([branch]), setUpstream };
  const upstream = state.branches.get(branch);
  const followed = upstream && state.remotes.get(upstream.remote);
  if (followed && (name === undefined || followed.name === name)) {
    const upstreamBranch = upstream.head.slice(HEADS.length);
    if (upstreamBranch !== branch) {
      throw new DoltError(
        'invalid',
        'the upstream branch of your current branch does not match the name of your current branch',
      );
    }
    return { remote: followed, specs: specsOf([branch]), setUpstream };
  }
  const isDefault = defaultRemote(state)?.name === remote.name;
  if (isDefault && !auto && !(setUpstream && name !== undefined)) {
    throw new DoltError(
      'invalid',
      `fatal: The current branch ${branch} has no upstream branch.\nTo push the current branch and set the remote as upstream, use\n\tdolt push --set-upstream ${remote.name} ${branch}\nTo have this happen automatically for branches without a tracking\nupstream, see 'push.autoSetupRemote' in 'dolt config --help'.`,
    );
  }
  return { remote, specs: specsOf([branch]), setUpstream: setUpstream || auto };
}

/** The remote that a URL means: one that was added, or one that is pushed to this once. */
function remoteByUrl({ directory, config }: Repository, state: RepoState, text: string): Remote | undefined {
  if (!isUrl(text) && !text.includes('/')) return undefined;
  const url = absoluteRemoteUrl(text, directory, config.get(DEFAULT_HOST_KEY));
  return remoteAt(state, url) ?? newRemote(url, url);
}
