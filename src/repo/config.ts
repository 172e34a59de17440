/**
 * Configuration: INI files like Git's, `.dolt/config` (local) before `~/.dolt/config` (global); beneath each the JSON
 * file of the original Dolt (`.dolt/config.json`, `~/.dolt/config_global.json`), which is read and never written. Keys
 * are dotted and without case, such as `user.name` and `sqlserver.global.dolt_replicate_to_remote`. A file is read when
 * a key is first asked for; a write replaces its file atomically.
 */
import type { Disk } from '../base/disk.ts';
import { AssertionError } from '../base/errors.ts';

export type ConfigScope = 'local' | 'global';

export class Config {
  /** `localDirectory`: the `.dolt` folder, if there is a repository; `homeDirectory`: the user's home, if any. */
  constructor(_disk: Disk, _localDirectory: string | undefined, _homeDirectory: string | undefined) {}

  /** The value by precedence local INI, local JSON, global INI, global JSON; or of one scope only. */
  get(_key: string, _scope?: ConfigScope): string | undefined {
    throw new AssertionError('not built');
  }

  /** All keys of a scope, or of both with the local ones winning; in order of the key. */
  entries(_scope?: ConfigScope): ReadonlyMap<string, string> {
    throw new AssertionError('not built');
  }

  set(_scope: ConfigScope, _values: ReadonlyMap<string, string>): void {
    throw new AssertionError('not built');
  }

  /** Removes keys; throws `notFound` naming the first that is not set. */
  unset(_scope: ConfigScope, _keys: readonly string[]): void {
    throw new AssertionError('not built');
  }
}
