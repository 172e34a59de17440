/**
 * Configuration: INI files like Git's, `.dolt/config` (local) before `~/.dolt/config` (global); beneath each the JSON
 * file of the original Dolt (`.dolt/config.json`, `~/.dolt/config_global.json`), which is read and never written. Keys
 * are dotted and without case, such as `user.name` and `sqlserver.global.dolt_replicate_to_remote`; all but their last
 * part is the section (`[sqlserver.global]`, or Git's way, `[sqlserver "global"]`). A file is read when a key is first
 * asked for; a write reads it again, so that keys another process set meanwhile stay, changes its text in place, so that
 * comments stay, and replaces it atomically.
 */
import { parse, stringify } from 'ini';
import type { Disk } from '../base/disk.ts';
import { DoltError } from '../base/errors.ts';
import { readText, replaceFile } from './atomic-file.ts';
import { sectionName, withKey, withoutKey } from './ini-edit.ts';

export type ConfigScope = 'local' | 'global';

type Entries = ReadonlyMap<string, string>;

interface Files {
  readonly directory: string;
  readonly ini: string;
  readonly json: string;
}

/** The values of one scope: what its INI file says, and with the JSON file's beneath it. */
interface Layer {
  readonly ini: Entries;
  readonly json: Entries;
}

const OWNER_ONLY = 0o600;

export class Config {
  readonly #disk: Disk;
  readonly #files: Readonly<Record<ConfigScope, Files | undefined>>;
  readonly #layers = new Map<ConfigScope, Layer>();

  /** `localDirectory`: the `.dolt` folder, if there is a repository; `homeDirectory`: the user's home, if any. */
  constructor(disk: Disk, localDirectory: string | undefined, homeDirectory: string | undefined) {
    this.#disk = disk;
    this.#files = {
      local: localDirectory === undefined ? undefined : filesIn(localDirectory, 'config.json'),
      global: homeDirectory === undefined ? undefined : filesIn(`${homeDirectory}/.dolt`, 'config_global.json'),
    };
  }

  /** The value by precedence local INI, local JSON, global INI, global JSON; or of one scope only. */
  get(key: string, scope?: ConfigScope): string | undefined {
    const name = key.toLowerCase();
    for (const each of scopes(scope)) {
      const layer = this.#layer(each);
      const value = layer.ini.get(name) ?? layer.json.get(name);
      if (value !== undefined) return value;
    }
    return undefined;
  }

  /** All keys of a scope, or of both with the local ones winning; in order of the key. */
  entries(scope?: ConfigScope): Entries {
    const all = new Map<string, string>();
    for (const each of [...scopes(scope)].reverse()) {
      const layer = this.#layer(each);
      for (const entries of [layer.json, layer.ini]) for (const [key, value] of entries) all.set(key, value);
    }
    return sorted(all);
  }

  /** The files are read again when a key is next asked for. */
  forget(): void {
    this.#layers.clear();
  }

  set(scope: ConfigScope, values: ReadonlyMap<string, string>): void {
    const next = new Map(this.#reread(scope).ini);
    for (const [key, value] of values) next.set(parseKey(key), value);
    this.#write(scope, next, (text) => {
      return Array.from(values).reduce((edited, [key, value]) => withKey(edited, parseKey(key), value), text);
    });
  }

  /** Removes keys; throws `notFound` naming the first that is not set, and then removes none. */
  unset(scope: ConfigScope, keys: readonly string[]): void {
    const layer = this.#reread(scope);
    const next = new Map(layer.ini);
    for (const key of keys) {
      const name = parseKey(key);
      if (next.delete(name)) {
        if (layer.json.has(name)) throw standsInJson(name, this.#filesOf(scope).json);
        continue;
      }
      if (layer.json.has(name)) throw standsInJson(name, this.#filesOf(scope).json);
      throw new DoltError('notFound', `'${name}' is not set in the ${scope} configuration`);
    }
    this.#write(scope, next, (text) => keys.reduce((edited, key) => withoutKey(edited, parseKey(key)), text));
  }

  #filesOf(scope: ConfigScope): Files {
    const files = this.#files[scope];
    if (files) return files;
    throw new DoltError(
      'notFound',
      scope === 'local'
        ? 'there is no repository here for local configuration; use --global'
        : 'there is no home directory for the global configuration; set HOME',
    );
  }

  #layer(scope: ConfigScope): Layer {
    return this.#layers.get(scope) ?? this.#reread(scope);
  }

  #reread(scope: ConfigScope): Layer {
    const files = this.#files[scope];
    const layer = files
      ? { ini: readIni(this.#disk, files.ini), json: readJson(this.#disk, files.json) }
      : { ini: new Map<string, string>(), json: new Map<string, string>() };
    this.#layers.set(scope, layer);
    return layer;
  }

  #write(scope: ConfigScope, entries: Entries, edit: (text: string) => string): void {
    const files = this.#filesOf(scope);
    const edited = edit(readText(this.#disk, files.ini) ?? '');
    // What cannot be said in place (a key with the name of a section) is written anew.
    const text = sameEntries(entriesOf(edited), entries) ? edited : iniText(entries);
    this.#disk.makeDirectory('config:directory', files.directory);
    // Profiles may hold passwords.
    replaceFile(this.#disk, 'config', files.ini, text, entries.has('profile') ? OWNER_ONLY : undefined);
    this.#reread(scope);
  }
}

function filesIn(directory: string, json: string): Files {
  return { directory, ini: `${directory}/config`, json: `${directory}/${json}` };
}

function scopes(scope: ConfigScope | undefined): readonly ConfigScope[] {
  return scope ? [scope] : ['local', 'global'];
}

function standsInJson(key: string, path: string): DoltError {
  return new DoltError('denied', `'${key}' is set in ${path}, which is only read; remove it there`);
}

function parseKey(key: string): string {
  const name = key.toLowerCase();
  if (
    !/^[a-z][\w.-]*$/.test(name) ||
    /\.\.|\.$/.test(name) ||
    /(^|\.)(__proto__|constructor|prototype)(\.|$)/.test(name)
  ) {
    throw new DoltError('invalid', `'${key}' is not a configuration key`);
  }
  return name;
}

function sorted(entries: Entries): Entries {
  return new Map([...entries].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}

function readIni(disk: Disk, path: string): Entries {
  const text = readText(disk, path);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: damage is what has them.
  if (text !== undefined && /[\0-\x08\x0e-\x1f]/.test(text)) {
    throw new DoltError(
      'corrupt',
      `${path} is damaged: it is no text; correct it, or remove it and set the keys again`,
    );
  }
  return entriesOf(text ?? '');
}

function entriesOf(text: string): Entries {
  const entries = new Map<string, string>();
  collect(parse(text, { bracketedArray: false }), '', entries);
  return entries;
}

function sameEntries(a: Entries, b: Entries): boolean {
  return a.size === b.size && [...a].every(([key, value]) => b.get(key) === value);
}

/** Flattens nested sections to dotted keys; of repeated keys the last one counts, as in Git. */
function collect(section: Readonly<Record<string, unknown>>, prefix: string, into: Map<string, string>): void {
  for (const [key, value] of Object.entries(section)) {
    const name = prefix + sectionName(key);
    if (Array.isArray(value)) into.set(name, String(value.at(-1)));
    else if (typeof value === 'object' && value !== null) collect(value as Record<string, unknown>, `${name}.`, into);
    else into.set(name, String(value));
  }
}

function readJson(disk: Disk, path: string): Entries {
  const text = readText(disk, path);
  const entries = new Map<string, string>();
  if (text === undefined) return entries;
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (cause) {
    throw new DoltError('corrupt', `${path} is not JSON: ${(cause as Error).message}`, { cause });
  }
  if (typeof content === 'object' && content !== null) {
    for (const [key, value] of Object.entries(content)) entries.set(key.toLowerCase(), String(value));
  }
  return entries;
}

function iniText(entries: Entries): string {
  const top: Record<string, unknown> = {};
  for (const [key, value] of sorted(entries)) {
    const parts = key.split('.');
    const last = parts.pop()!;
    let section: Record<string, unknown> | undefined = top;
    for (const part of parts) {
      section[part] ??= {};
      const child: unknown = section[part];
      if (typeof child !== 'object') {
        section = undefined;
        break;
      }
      section = child as Record<string, unknown>;
    }
    // A value and a section cannot share a name: such a key stands at the top in its dotted spelling.
    if (section && typeof section[last] !== 'object') section[last] = value;
    else top[key] = value;
  }
  return stringify(top, { whitespace: true, platform: 'linux' });
}
