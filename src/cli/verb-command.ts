/**
 * A command over a verb: the verb's words and work, on the repository of the current folder; what is added is how its
 * result reads. Only SQL sessions replicate, so a command that moves heads says so where replication is configured.
 */
import { DoltError } from '../base/errors.ts';
import { Replication } from '../replication/replication.ts';
import type { CommitHook } from '../repo/commit-hook.ts';
import { branchRef } from '../repo/refs.ts';
import type { Repository } from '../repo/repository.ts';
import { complete } from '../repo/steps.ts';
import type { WorkingSet } from '../repo/working-set.ts';
import { parseArguments } from '../verbs/arguments.ts';
import type { FolderVerb } from '../verbs/folder-verb.ts';
import { type Announcer, RepoWorkspace } from '../verbs/repo-workspace.ts';
import type { Verb } from '../verbs/verb.ts';
import type { Command, CommandContext } from './command.ts';
import type { Terminal } from './terminal.ts';

export interface VerbCommandOptions<Result> {
  /** Where the command is called otherwise than the verb. */
  readonly name?: string;
  readonly summary?: string;
  readonly examples: readonly string[];
  /** Did it move heads or tags? */
  movesHeads?(result: Result): boolean;
  print?(result: Result, context: CommandContext, workspace: RepoWorkspace): void | Promise<void>;
  /** The exit status; 0 unless told. */
  status?(result: Result): number;
  /** What a running server has to do with it: it `runs` the verb unless told; what only reads needs `none`. */
  readonly server?: 'runs' | 'none' | 'forbids';
}

export function verbCommand<Result>(verb: Verb<Result>, options: VerbCommandOptions<Result>): Command {
  return {
    name: options.name ?? verb.name,
    summary: options.summary ?? verb.summary,
    synopsis: verb.synopsis,
    positional: verb.positional,
    flags: verb.flags,
    examples: options.examples,
    async run(context, args) {
      // The help, and what is wrong with the words, need no repository.
      parseArguments(verb, args);
      const server = options.server === 'none' ? undefined : await context.server();
      if (server !== undefined) {
        if (options.server === 'forbids') throw new NotThroughServerError(verb.name);
        const { runOnServer } = await import('./server/run-on-server.ts');
        const result = await runOnServer(server, verb, args, context);
        await options.print?.(result, context, openWorkspace(context, context.repository()));
        return options.status?.(result) ?? 0;
      }
      const repository = context.repository();
      const workspace = openWorkspace(context, repository);
      const result = await complete(verb.run(workspace, args));
      context.terminal.endProgress();
      await options.print?.(result, context, workspace);
      const replicated =
        options.movesHeads?.(result) && repository.config.get('sqlserver.global.dolt_replicate_to_remote');
      if (replicated) {
        context.terminal.error(
          `note: commands of the command line do not replicate to '${replicated}'; use dolt sql -q "call dolt_${verb.name.replaceAll('-', '_')}(…)"`,
        );
      }
      return options.status?.(result) ?? 0;
    },
  };
}

/** In Dolt's words. */
export class NotThroughServerError extends DoltError {
  constructor(command: string) {
    super(
      'unavailable',
      `dolt ${command} can not currently be used when there is a local server running. Please stop your dolt sql-server or connect using \`dolt sql\` instead.`,
    );
  }
}

export interface FolderCommandOptions<Result> {
  readonly examples: readonly string[];
  print?(result: Result, context: CommandContext): void;
  /** The exit status; 0 unless told. */
  status?(result: Result): number;
}

/** A command over a verb that works on a folder and needs no repository there. */
export function folderCommand<Result>(verb: FolderVerb<Result>, options: FolderCommandOptions<Result>): Command {
  const { name, summary, synopsis, positional, flags } = verb;
  return {
    ...{ name, summary, synopsis, positional, flags, examples: options.examples },
    hasNoBranch: true,
    async run(context, args) {
      const { environment, directory, terminal } = context;
      const result = await complete(verb.run({ environment, directory, announcer: announcerOf(terminal) }, args));
      terminal.endProgress();
      options.print?.(result, context);
      return options.status?.(result) ?? 0;
    },
  };
}

function announcerOf(terminal: Terminal): Announcer {
  return { warn: (message) => terminal.error(message), progress: (message) => terminal.progress(message) };
}

/** The command line's workspace; on a read replica its replicated branches take no changes. */
export function openWorkspace(
  { terminal, environment, directory }: CommandContext,
  repository: Repository,
): RepoWorkspace {
  const expressions = async () => {
    const { openEngine } = await import('../open.ts');
    const opened = openEngine(environment, directory);
    return await opened.engine.session({ database: opened.database }).mergeExpressions();
  };
  return new RepoWorkspace(repository, announcerOf(terminal), replicaGuard(repository), expressions);
}

function isStored(repository: Repository, branch: string, { working, staged }: WorkingSet): boolean {
  if (repository.refs().get(branchRef(branch)) === undefined) return false;
  const stored = repository.workingSet(branch);
  return stored.working.address === working.address && stored.staged.address === staged.address;
}

/** Refuses changes of branches that are replicated from elsewhere, or that another server took over, as a SQL session does. */
function replicaGuard(repository: Repository): CommitHook {
  const variable = (name: string) => repository.config.get(`sqlserver.global.${name}`);
  const admission = { edits: () => new Map(), merged: new Map(), warnings: [] };
  return {
    // biome-ignore lint/correctness/useYield: it never waits
    *before({ refs, workingSets = new Map() }) {
      if (!variable('dolt_read_replica_remote') && !variable('dolt_replicate_to_remote')) return admission;
      const assertWritable = Replication.readOnlyRule(repository, variable);
      for (const { ref } of refs) assertWritable(ref);
      for (const [branch, workingSet] of workingSets) {
        if (workingSet === undefined || !isStored(repository, branch, workingSet)) assertWritable(branchRef(branch));
      }
      return admission;
    },
    *after() {},
  };
}
