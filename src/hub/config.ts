/**
 * The configuration of a hub: a small YAML file, and flags, which go before it. Every key is known to `KEYS`;
 * what is wrong is told with the line of the file, or the flag, that says it.
 */
import { type Document, isMap, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument } from 'yaml';
import { DoltError } from '../base/errors.ts';
import { LOG_FORMATS, LOG_LEVELS, type LogFormat, type LogLevel } from '../service/log.ts';
import { withEnvironment } from '../service/with-environment.ts';
import { nearest } from '../verbs/nearest.ts';
import { isNetwork } from './calls/trusted-proxies.ts';
import type { WebhookConfig } from './webhooks.ts';

export interface HubConfig {
  /** As given: the folder of the repositories, of the accounts, and of what is remembered of a bucket. */
  readonly dataDirectory: string;
  /** The URL of the bucket that has the repositories and the accounts; the data folder has them where there is none. */
  readonly bucket: string | undefined;
  readonly host: string;
  /** 0 is a free port. */
  readonly grpcPort: number;
  readonly httpPort: number;
  /** Origin of the URLs that clients get; the address that they called unless told. */
  readonly publicUrl: string | undefined;
  /** Addresses and networks whose `X-Forwarded-For` tells who calls. */
  readonly trustedProxies: readonly string[];
  /** Paths of PEM files. */
  readonly tlsCert: string | undefined;
  readonly tlsKey: string | undefined;
  /** Everybody may do everything. */
  readonly isOpen: boolean;
  readonly logLevel: LogLevel;
  readonly logFormat: LogFormat;
  /** `/metrics` is there. */
  readonly metrics: boolean;
  readonly limits: HubLimits;
  readonly garbage: GarbageConfig;
  /** Who is told of pushes. */
  readonly webhooks: readonly WebhookConfig[];
}

export interface HubLimits {
  /** Calls and requests served at a time. */
  readonly requests: number;
  /** Of one address. */
  readonly requestsOfClient: number;
  /** Bytes of one uploaded file. */
  readonly uploadBytes: number;
  /** How long a client may neither send nor take a byte. */
  readonly idleMs: number;
  /** Repositories that are kept open. */
  readonly openRepositories: number;
  /** Milliseconds, and rows, of a statement on the page. */
  readonly sqlMs: number;
  readonly sqlRows: number;
  /** Bytes of the copies that the page reads of repositories in a bucket. */
  readonly copiesBytes: number;
}

export interface GarbageConfig {
  /** Between two looks at all repositories; undefined: only when `dolt hub gc` says so. */
  readonly everyMs: number | undefined;
  /** How long what nothing leads to any more is kept. */
  readonly graceMs: number;
}

const KEYS: readonly string[] = [
  'data_dir',
  'bucket',
  'host',
  'grpc_port',
  'http_port',
  'public_url',
  'trusted_proxies',
  'open',
  'log_level',
  'log_format',
  'metrics',
  'tls.cert',
  'tls.key',
  'tls.required',
  'limits.requests',
  'limits.requests_of_client',
  'limits.upload_size',
  'limits.idle_time',
  'limits.open_repositories',
  'limits.sql_time',
  'limits.sql_rows',
  'limits.copies_size',
  'gc.every',
  'gc.grace',
  'webhooks',
];

/** Keys whose value may be a list. */
const LISTS = new Set(['webhooks', 'trusted_proxies']);

/** A value and who says it: `hub.yaml:3: grpc_port`, `--grpc-port`. */
interface Setting {
  readonly value: unknown;
  readonly where: string;
}

export interface ConfigSources {
  /** The YAML file: its name, for messages, and its text. */
  readonly file?: { readonly name: string; readonly text: string } | undefined;
  /** Environment variables that the file may name. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** By their key: the flag, for messages, and its value. */
  readonly flags: ReadonlyMap<string, readonly [flag: string, value: string | boolean]>;
}

/** Throws `invalid`, naming the line or the flag. */
export function hubConfig({ file, variables, flags }: ConfigSources): HubConfig {
  const settings = new Map<string, Setting>();
  if (file !== undefined) readFile(file.name, withEnvironment(file.text, variables), settings);
  for (const [key, [flag, value]] of flags) settings.set(key, { value, where: flag });
  return new Settings(settings).config();
}

function readFile(name: string, text: string, into: Map<string, Setting>): void {
  const lineCounter = new LineCounter();
  const document: Document = parseDocument(text, { lineCounter });
  const at = (offset: number): string => `${name}:${lineCounter.linePos(offset).line}`;
  const [error] = document.errors;
  if (error !== undefined) {
    throw new DoltError('invalid', `${at(error.pos[0])}: no YAML: ${error.message.split('\n')[0]}`);
  }
  if (document.contents !== null) flatten(document.contents, '', at, into);
}

type Where = (offset: number) => string;

function flatten(node: Node, path: string, at: Where, into: Map<string, Setting>): void {
  const place = at(node.range?.[0] ?? 0);
  if (!isMap(node)) {
    const what = path === '' ? 'the configuration' : path;
    throw new DoltError('invalid', `${place}: ${what} has to be a list of keys with values`);
  }
  for (const { key, value } of node.items as Pair<Node, Node | null>[]) {
    const own = path === '' ? String(key) : `${path}.${String(key)}`;
    const where = `${at(key.range?.[0] ?? 0)}: ${own}`;
    if (LISTS.has(own) && isSeq(value)) into.set(own, { value: value.toJSON(), where });
    else if (KEYS.includes(own)) {
      if (value !== null && !isScalar(value)) throw new DoltError('invalid', `${where} has to be one value`);
      if (value !== null && value.value !== null) into.set(own, { value: value.value, where });
    } else if (!KEYS.some((each) => each.startsWith(`${own}.`))) {
      const near = nearest(own, KEYS);
      const hint = near === undefined ? '' : `; did you mean '${near}'?`;
      throw new DoltError('invalid', `${at(key.range?.[0] ?? 0)}: unknown key '${own}'${hint}`);
    } else if (value !== null && !(isScalar(value) && value.value === null)) flatten(value, own, at, into);
  }
}

const SIZE_UNITS: Readonly<Record<string, number>> = { '': 1, b: 1, kb: 2 ** 10, mb: 2 ** 20, gb: 2 ** 30 };
const DURATION_UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};
const MEBIBYTE = 2 ** 20;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

class Settings {
  readonly #settings: ReadonlyMap<string, Setting>;

  constructor(settings: ReadonlyMap<string, Setting>) {
    this.#settings = settings;
  }

  config(): HubConfig {
    const config: HubConfig = {
      dataDirectory: this.#text('data_dir') ?? '.',
      bucket: this.#text('bucket'),
      host: this.#text('host') ?? '127.0.0.1',
      grpcPort: this.#port('grpc_port') ?? 50_051,
      httpPort: this.#port('http_port') ?? 8080,
      publicUrl: this.#text('public_url')?.replace(/\/+$/, ''),
      trustedProxies: this.#networks('trusted_proxies'),
      tlsCert: this.#text('tls.cert'),
      tlsKey: this.#text('tls.key'),
      isOpen: this.#isOn('open') ?? false,
      logLevel: this.#oneOf('log_level', LOG_LEVELS) ?? 'info',
      logFormat: this.#oneOf('log_format', LOG_FORMATS) ?? 'text',
      metrics: this.#isOn('metrics') ?? true,
      limits: {
        requests: this.#count('limits.requests') ?? 1000,
        requestsOfClient: this.#count('limits.requests_of_client') ?? 200,
        uploadBytes: this.#size('limits.upload_size') ?? 64 * 1024 * MEBIBYTE,
        idleMs: this.#duration('limits.idle_time') ?? MINUTE_MS,
        openRepositories: this.#count('limits.open_repositories') ?? 64,
        sqlMs: this.#duration('limits.sql_time') ?? 5000,
        sqlRows: this.#count('limits.sql_rows') ?? 1000,
        copiesBytes: this.#size('limits.copies_size') ?? 4 * 1024 * MEBIBYTE,
      },
      webhooks: this.#webhooks(),
      garbage: { everyMs: this.#interval(), graceMs: this.#duration('gc.grace') ?? 24 * HOUR_MS },
    };
    this.#checkTogether(config);
    return config;
  }

  #webhooks(): readonly WebhookConfig[] {
    const setting = this.#settings.get('webhooks');
    if (setting === undefined) return [];
    const { value, where } = setting;
    return (Array.isArray(value) ? value : [value]).map((each: unknown, i) => {
      const place = `${where}[${i}]`;
      const { repository, url, secret, ...rest } = (each ?? {}) as Readonly<Record<string, unknown>>;
      const [other] = Object.keys(rest);
      if (typeof each !== 'object' || other !== undefined) {
        throw new DoltError(
          'invalid',
          `${place} has to be of a repository, a url and a secret, not of ${other ?? each}`,
        );
      }
      if (typeof repository !== 'string' || !/^(\*|[^/*]+\/(\*|[^/*]+))$/.test(repository)) {
        throw new DoltError('invalid', `${place}: repository has to be owner/database, owner/* or *`);
      }
      if (typeof url !== 'string' || !/^https?:\/\//.test(url) || !URL.canParse(url)) {
        throw new DoltError('invalid', `${place}: url has to be http:// or https://`);
      }
      if (typeof secret !== 'string' || secret === '') {
        throw new DoltError('invalid', `${place}: secret has to be a text that the receiver knows as well`);
      }
      return { repository, url, secret };
    });
  }

  /** A list, or texts with commas between. */
  #networks(key: string): readonly string[] {
    const value = this.#settings.get(key)?.value;
    if (value === undefined) return [];
    const networks = [value].flat().flatMap((each) =>
      String(each)
        .split(',')
        .map((text) => text.trim()),
    );
    if (!networks.every(isNetwork)) throw this.#wrong(key, 'addresses, or networks such as 10.0.0.0/8');
    return networks;
  }

  /** `off`, or 0, for never. */
  #interval(): number | undefined {
    const setting = this.#settings.get('gc.every');
    if (setting?.value === 'off' || setting?.value === false) return undefined;
    return (this.#duration('gc.every') ?? HOUR_MS) || undefined;
  }

  #checkTogether({ isOpen, host, tlsCert, tlsKey, bucket, publicUrl }: HubConfig): void {
    if (isOpen && !isLoopback(host)) {
      const where = this.#settings.get('open')!.where;
      throw new DoltError(
        'invalid',
        `${where}: everybody could change everything from ${host}; open hubs are for 127.0.0.1, ::1 and localhost`,
      );
    }
    const one = this.#settings.get('tls.cert') ?? this.#settings.get('tls.key');
    if ((tlsCert === undefined) !== (tlsKey === undefined)) {
      throw new DoltError('invalid', `${one!.where}: a certificate and a key are needed, both or neither`);
    }
    if (this.#isOn('tls.required') && tlsCert === undefined) {
      const { where } = this.#settings.get('tls.required')!;
      throw new DoltError('invalid', `${where}: there is no certificate and no key (--tls-cert, --tls-key)`);
    }
    if (bucket !== undefined && !/^s3:\/\/[^/]+/i.test(bucket)) throw this.#wrong('bucket', 's3://bucket/prefix');
    if (publicUrl !== undefined && !/^https?:\/\/[^/?#]+$/i.test(publicUrl)) {
      throw this.#wrong('public_url', 'http:// or https:// with a host, and a port where it needs one');
    }
  }

  #wrong(key: string, wanted: string): DoltError {
    const { value, where } = this.#settings.get(key)!;
    return new DoltError('invalid', `${where} has to be ${wanted}, not ${JSON.stringify(value)}`);
  }

  #text(key: string): string | undefined {
    const value = this.#settings.get(key)?.value;
    if (value === undefined) return undefined;
    if (typeof value === 'number') return String(value);
    if (typeof value !== 'string' || value === '') throw this.#wrong(key, 'a text');
    return value;
  }

  #isOn(key: string): boolean | undefined {
    const value = this.#settings.get(key)?.value;
    if (value !== undefined && typeof value !== 'boolean') throw this.#wrong(key, 'true or false');
    return value;
  }

  #oneOf<T extends string>(key: string, known: readonly T[]): T | undefined {
    const text = this.#text(key);
    if (text === undefined) return undefined;
    const found = known.find((each) => each === text.toLowerCase());
    if (found === undefined) throw this.#wrong(key, `one of ${known.join(', ')}`);
    return found;
  }

  #whole(key: string, wanted: string, least: number, most: number): number | undefined {
    const value = this.#settings.get(key)?.value;
    if (value === undefined) return undefined;
    const number = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value;
    if (typeof number !== 'number' || !Number.isInteger(number) || number < least || number > most) {
      throw this.#wrong(key, wanted);
    }
    return number;
  }

  #port(key: string): number | undefined {
    return this.#whole(key, 'a port', 0, 65_535);
  }

  #count(key: string): number | undefined {
    return this.#whole(key, 'a whole number from 1', 1, Number.MAX_SAFE_INTEGER);
  }

  #size(key: string): number | undefined {
    return this.#measured(key, 'a size, such as 512MB', SIZE_UNITS);
  }

  #duration(key: string): number | undefined {
    return this.#measured(key, 'a time, such as 90s, 15m, 24h or 7d', DURATION_UNITS);
  }

  #measured(key: string, wanted: string, units: Readonly<Record<string, number>>): number | undefined {
    const value = this.#settings.get(key)?.value;
    if (value === undefined) return undefined;
    const match = /^(\d{1,12})\s*([a-z]*)$/i.exec(String(value));
    const unit = units[match?.[2]?.toLowerCase() ?? '?'];
    const isZero = match !== null && Number(match[1]) === 0;
    if (match === null || (unit === undefined && !isZero)) throw this.#wrong(key, wanted);
    return Number(match[1]) * (unit ?? 1);
  }
}

/** Only this machine reaches it. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);
}
