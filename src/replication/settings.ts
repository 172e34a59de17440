/** The variables that say who does what (REPLICATION.md, Variables), parsed from system variables. */
import { DoltError } from '../base/errors.ts';

export interface ReplicationSettings {
  /** The primary's remote; '' when it does not replicate. */
  readonly replicateToRemote: string;
  readonly async: boolean;
  /** The replica's remote; '' when it is none. */
  readonly readReplicaRemote: string;
  /** Branch names and patterns, `*` is any run of characters. */
  readonly heads: readonly string[];
  readonly allHeads: boolean;
  readonly skipErrors: boolean;
  /** False: a replica fast-forwards only. */
  readonly forcePull: boolean;
  /** The URL of remotes of databases that are created later, with `{database}` for the name; '' where they have none. */
  readonly urlTemplate: string;
  /** How long a synchronous action waits for its push, in milliseconds. */
  readonly timeoutMs: number;
}

/** The configuration contradicts itself. */
export class ReplicationConfigError extends DoltError {
  constructor(message: string) {
    super('invalid', message);
  }
}

/** Reads a system variable by its name; undefined when it was never set. */
export type ReadVariable = (name: string) => string | number | bigint | null | undefined;

const isOn = (value: ReturnType<ReadVariable>): boolean => /^(1|on|true)$/i.test(String(value ?? ''));
const text = (value: ReturnType<ReadVariable>): string =>
  value === null || value === undefined ? '' : String(value).trim();

/**
 * The settings whenever they are asked for, parsed anew when a variable has changed: each transaction asks. Where there is a
 * `version`, no variable changes without it.
 */
export function presentSettings(read: ReadVariable, version?: () => number): () => ReplicationSettings {
  let names: readonly string[] = [];
  let values: readonly ReturnType<ReadVariable>[] = [];
  let settings: ReplicationSettings | undefined;
  let settingsVersion: number | undefined;
  return () => {
    const now = version?.();
    if (settings !== undefined && now !== undefined && now === settingsVersion) return settings;
    settingsVersion = now;
    if (settings !== undefined && names.every((name, at) => read(name) === values[at])) return settings;
    const seen = new Map<string, ReturnType<ReadVariable>>();
    settings = replicationSettings((name) => {
      const value = read(name);
      seen.set(name, value);
      return value;
    });
    [names, values] = [[...seen.keys()], [...seen.values()]];
    return settings;
  };
}

export function replicationSettings(read: ReadVariable): ReplicationSettings {
  const force = read('dolt_read_replica_force_pull');
  const timeout = Number(read('dolt_replication_timeout_ms') ?? 30_000);
  return {
    replicateToRemote: text(read('dolt_replicate_to_remote')),
    async: isOn(read('dolt_async_replication')),
    readReplicaRemote: text(read('dolt_read_replica_remote')),
    heads: text(read('dolt_replicate_heads'))
      .split(',')
      .map((head) => head.trim())
      .filter((head) => head !== ''),
    allHeads: isOn(read('dolt_replicate_all_heads')),
    skipErrors: isOn(read('dolt_skip_replication_errors')),
    forcePull: force === undefined || force === null ? true : isOn(force),
    urlTemplate: text(read('dolt_replication_remote_url_template')),
    timeoutMs: Number.isFinite(timeout) && timeout > 0 ? timeout : 30_000,
  };
}

/**
 * The remote of a database that is created, or on a replica met, with these settings; undefined where it gets none. `url` is
 * as the template has it.
 */
export function remoteOfNewDatabase(
  { replicateToRemote, readReplicaRemote, urlTemplate }: ReplicationSettings,
  database: string,
  role: 'primary' | 'replica',
): { readonly name: string; readonly url: string } | undefined {
  const name = role === 'primary' ? replicateToRemote : readReplicaRemote;
  if (name === '' || urlTemplate === '') return undefined;
  return { name, url: urlTemplate.replaceAll('{database}', database) };
}

/** Throws `ReplicationConfigError` for settings that contradict each other. */
export function checkReplicaSettings(settings: ReplicationSettings): void {
  const { readReplicaRemote, replicateToRemote, heads, allHeads } = settings;
  if (readReplicaRemote === '') return;
  if (heads.length > 0 && allHeads) {
    throw new ReplicationConfigError(
      'invalid replication configuration: dolt_replicate_heads and dolt_replicate_all_heads cannot both be set; unset one of them',
    );
  }
  if (heads.length === 0 && !allHeads) {
    throw new ReplicationConfigError(
      'invalid replication configuration: dolt_read_replica_remote needs dolt_replicate_heads (some branches) or dolt_replicate_all_heads (all of them)',
    );
  }
  if (readReplicaRemote === replicateToRemote) {
    throw new ReplicationConfigError(
      `invalid replication configuration: '${readReplicaRemote}' cannot be both dolt_read_replica_remote and dolt_replicate_to_remote`,
    );
  }
}

/** The pattern of `dolt_replicate_heads` as a test of branch names; undefined for a plain name. */
export function headPattern(head: string): RegExp | undefined {
  if (!head.includes('*')) return undefined;
  const escaped = head.split('*').map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, '\\$&'));
  return new RegExp(`^${escaped.join('.*')}$`);
}

/** Do the settings name this branch, by its name or a pattern? Not asked where all branches are replicated. */
export function namesBranch({ heads, allHeads }: ReplicationSettings, branch: string): boolean {
  if (allHeads || branch.startsWith('unreplicated/')) return false;
  return heads.some((head) => headPattern(head)?.test(branch) ?? head === branch);
}
