/**
 * The configuration of a server: what the command line's flags or the YAML file of `--config` say, with Dolt's keys. Every
 * key is known to `KEYS`; one that is not, or whose value is of another kind, is refused with the nearest that is.
 */
import { DoltError } from '../base/errors.ts';
import { LOG_FORMATS, LOG_LEVELS, type LogFormat, type LogLevel } from '../service/log.ts';
import { nearest } from '../verbs/nearest.ts';
import { DEFAULT_SOCKET } from './socket-file.ts';

export interface ServerConfig {
  readonly logLevel: LogLevel;
  readonly logFormat: LogFormat;
  /** Characters of a statement that the log shows; 0 is all of it. */
  readonly maxLoggedQueryLength: number;
  readonly host: string;
  readonly port: number;
  /** The path of the socket file. */
  readonly socket: string | undefined;
  readonly maxConnections: number;
  /** Clients that wait for one to leave, where there are `maxConnections`, and how long; others are refused. */
  readonly waitingConnections: number;
  readonly waitForConnectionMs: number;
  /** A text of several statements is refused. */
  readonly refusesMultiStatements: boolean;
  /** Statements in the log are base64. */
  readonly encodesLoggedQueries: boolean;
  /** Milliseconds in which a client has to take some of what it is sent; undefined leaves it to `net_write_timeout`. */
  readonly writeTimeoutMs: number | undefined;
  /** Milliseconds that a client may be silent. */
  readonly readTimeoutMs: number;
  /** Paths of PEM files. */
  readonly tlsKey: string | undefined;
  readonly tlsCert: string | undefined;
  readonly tlsCa: string | undefined;
  readonly requiresTls: boolean;
  readonly requiresClientCertificate: boolean;
  readonly isReadOnly: boolean;
  readonly autocommit: boolean;
  readonly transactionCommit: boolean;
  /** Undefined leaves it to the system variable. */
  readonly eventScheduler: EventSchedulerStatus | undefined;
  /** Garbage is collected by itself. */
  readonly collectsGarbage: boolean;
  /** `dolt_branch_activity` has something to show. */
  readonly keepsBranchActivity: boolean;
  readonly userName: string | undefined;
  readonly userPassword: string | undefined;
  /** Folders; undefined is the one that the server was started in, and `.doltcfg` in it. */
  readonly dataDirectory: string | undefined;
  readonly configDirectory: string | undefined;
  readonly privilegeFile: string | undefined;
  readonly branchControlFile: string | undefined;
  readonly metricsHost: string;
  readonly metricsPort: number | undefined;
  /** Paths of PEM files, with which metrics and health are HTTPS. */
  readonly metricsTlsKey: string | undefined;
  readonly metricsTlsCert: string | undefined;
  readonly metricsLabels: ReadonlyMap<string, string>;
  /** Where the databases are remotes; nowhere unless given. */
  readonly remotesPort: number | undefined;
  /** They are not pushed to. */
  readonly remotesAreReadOnly: boolean;
  /** Global system variables. */
  readonly variables: ReadonlyMap<string, string>;
  /** Session variables by the name of the user whose sessions begin with them. */
  readonly userVariables: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

const EVENT_SCHEDULER = ['ON', 'OFF', 'DISABLED'] as const;
type EventSchedulerStatus = (typeof EVENT_SCHEDULER)[number];

type Kind = 'boolean' | 'number' | 'text' | 'texts' | 'users';

/** Keys that stand for something here, by their path in the file. */
const KEYS: Readonly<Record<string, Kind>> = {
  log_level: 'text',
  log_format: 'text',
  max_logged_query_len: 'number',
  encode_logged_query: 'boolean',
  data_dir: 'text',
  cfg_dir: 'text',
  privilege_file: 'text',
  branch_control_file: 'text',
  'behavior.read_only': 'boolean',
  'behavior.autocommit': 'boolean',
  'behavior.dolt_transaction_commit': 'boolean',
  'behavior.disable_client_multi_statements': 'boolean',
  'behavior.event_scheduler': 'text',
  'behavior.auto_gc_behavior.enable': 'boolean',
  'behavior.branch_activity_tracking': 'boolean',
  'user.name': 'text',
  'user.password': 'text',
  'listener.host': 'text',
  'listener.port': 'number',
  'listener.max_connections': 'number',
  'listener.back_log': 'number',
  'listener.max_connections_timeout_millis': 'number',
  'listener.write_timeout_millis': 'number',
  'listener.read_timeout_millis': 'number',
  'listener.tls_key': 'text',
  'listener.tls_cert': 'text',
  'listener.ca_cert': 'text',
  'listener.require_secure_transport': 'boolean',
  'listener.require_client_cert': 'boolean',
  'listener.socket': 'text',
  'metrics.host': 'text',
  'metrics.port': 'number',
  'metrics.labels': 'texts',
  'metrics.tls_key': 'text',
  'metrics.tls_cert': 'text',
  'remotesapi.port': 'number',
  'remotesapi.read_only': 'boolean',
  system_variables: 'texts',
  user_session_vars: 'users',
};

/** Keys of Dolt's that change nothing here. `here` is the value that says what is done anyway; others are told of in the log. */
const WITHOUT_EFFECT: Readonly<Record<string, { readonly here?: unknown; readonly why: string }>> = {
  'behavior.persistence_behavior': { why: 'Dolt ignores it, too' },
  'behavior.auto_gc_behavior.archive_level': { here: 0, why: 'what is kept is written as table files' },
  'behavior.auto_gc_behavior.incremental_file_size': { here: 0, why: 'what is kept is written as one file' },
  'listener.allow_cleartext_passwords': { here: false, why: 'no password is asked for in clear text' },
  'performance.query_parallelism': { why: 'Dolt ignores it, too' },
};

/** Keys of Dolt's for which there is another way, or none. */
const REFUSED: Readonly<Record<string, string>> = {
  cluster:
    'servers replicate through a remote: see the system variables dolt_replicate_to_remote and dolt_read_replica_remote',
  jwks: 'JSON web keys are not supported',
  golden_mysql_conn: 'comparing with another server is not supported',
  mcp_server: 'an MCP server is not supported',
  'metrics.tls_ca': 'certificates of clients are not asked for where metrics are; let a proxy do so',
  'metrics.jwks': 'JSON web keys are not supported; let a proxy guard the port of metrics',
  'metrics.jwt_required_for_localhost': 'JSON web keys are not supported; let a proxy guard the port of metrics',
};

type Settings = ReadonlyMap<string, unknown>;

export interface ReadConfig {
  readonly config: ServerConfig;
  /** About keys that change nothing. */
  readonly notes: readonly string[];
}

/** `file` is what the YAML file holds, as parsed. Throws `invalid` for keys and values that are wrong. */
export function serverConfig(file: unknown): ReadConfig {
  const settings = new Map<string, unknown>();
  const notes: string[] = [];
  flatten(file ?? {}, '', settings, notes);
  return { config: configOf(settings), notes };
}

function flatten(value: unknown, path: string, into: Map<string, unknown>, notes: string[]): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new DoltError('invalid', `the configuration's ${path || 'file'} has to be a list of keys with values`);
  }
  for (const [key, inner] of Object.entries(value)) {
    const name = path === '' ? key : `${path}.${key}`;
    const kind = KEYS[name];
    if (inner === null) continue;
    if (kind !== undefined) into.set(name, checked(name, kind, inner));
    else if (Object.hasOwn(REFUSED, name)) throw new DoltError('unsupported', `${name}: ${REFUSED[name]}`);
    else if (Object.hasOwn(WITHOUT_EFFECT, name)) {
      const { here, why } = WITHOUT_EFFECT[name]!;
      if (inner !== here) notes.push(`${name} has no effect: ${why}`);
    } else if (isSection(name)) flatten(inner, name, into, notes);
    else throw unknownKey(name);
  }
}

const allKeys = (): string[] => [...Object.keys(KEYS), ...Object.keys(WITHOUT_EFFECT)];
const isSection = (name: string): boolean => allKeys().some((key) => key.startsWith(`${name}.`));

function unknownKey(name: string): DoltError {
  const near = nearest(name, [...allKeys(), ...Object.keys(REFUSED)]);
  return new DoltError(
    'invalid',
    `the configuration has an unknown key '${name}'${near === undefined ? '' : `; did you mean '${near}'?`}`,
  );
}

function checked(name: string, kind: Kind, value: unknown): unknown {
  const wrong = (wanted: string): DoltError =>
    new DoltError('invalid', `the configuration's ${name} has to be ${wanted}, not ${JSON.stringify(value)}`);
  switch (kind) {
    case 'boolean':
      if (typeof value !== 'boolean') throw wrong('true or false');
      return value;
    case 'number':
      if (typeof value !== 'number' || !Number.isInteger(value) || value < -1) throw wrong('a whole number');
      return value;
    case 'text':
      if (typeof value !== 'string' && typeof value !== 'number') throw wrong('a text');
      return String(value);
    case 'texts':
      if (typeof value !== 'object' || Array.isArray(value)) throw wrong('a list of names with values');
      return textsOf(value as object);
    case 'users':
      if (!Array.isArray(value) || !value.every(isUser)) throw wrong('a list of users, each with name and vars');
      return new Map(value.map(({ name: user, vars }) => [user, textsOf(vars ?? {})]));
  }
}

const textsOf = (values: object): ReadonlyMap<string, string> =>
  new Map(Object.entries(values).map(([key, inner]) => [key, plainText(inner)]));

interface UserVariables {
  readonly name: string;
  readonly vars?: object | null;
}

function isUser(value: unknown): value is UserVariables {
  if (typeof value !== 'object' || value === null) return false;
  const { name, vars, ...rest } = value as { name?: unknown; vars?: unknown };
  return typeof name === 'string' && (vars ?? {}) instanceof Object && Object.keys(rest).length === 0;
}

/** Truth values as system variables write them. */
const plainText = (value: unknown): string => (typeof value === 'boolean' ? (value ? '1' : '0') : String(value ?? ''));

const MINUTE_MS = 60_000;
const EIGHT_HOURS_MS = 28_800_000;

function configOf(settings: Settings): ServerConfig {
  const text = (name: string): string | undefined => settings.get(name) as string | undefined;
  const number = (name: string, initial: number): number => (settings.get(name) as number | undefined) ?? initial;
  const isOn = (name: string, initial: boolean): boolean => (settings.get(name) as boolean | undefined) ?? initial;
  const texts = (name: string) => (settings.get(name) as ReadonlyMap<string, string> | undefined) ?? new Map();
  const port = (name: string): number | undefined => portOf(name, number(name, -1));
  const host = text('listener.host') ?? 'localhost';
  return {
    logLevel: oneOf('log_level', text('log_level') ?? 'info', LOG_LEVELS),
    logFormat: oneOf('log_format', text('log_format') ?? 'text', LOG_FORMATS),
    maxLoggedQueryLength: number('max_logged_query_len', 0),
    host,
    port: portOf('listener.port', number('listener.port', 3306)) ?? 3306,
    socket: socketOf(text('listener.socket'), host),
    maxConnections: number('listener.max_connections', 1000),
    waitingConnections: number('listener.back_log', 0),
    waitForConnectionMs: number('listener.max_connections_timeout_millis', MINUTE_MS),
    refusesMultiStatements: isOn('behavior.disable_client_multi_statements', false),
    encodesLoggedQueries: isOn('encode_logged_query', false),
    writeTimeoutMs: settings.get('listener.write_timeout_millis') as number | undefined,
    readTimeoutMs: number('listener.read_timeout_millis', EIGHT_HOURS_MS),
    tlsKey: text('listener.tls_key'),
    tlsCert: text('listener.tls_cert'),
    tlsCa: text('listener.ca_cert'),
    requiresTls: isOn('listener.require_secure_transport', false),
    requiresClientCertificate: isOn('listener.require_client_cert', false),
    isReadOnly: isOn('behavior.read_only', false),
    autocommit: isOn('behavior.autocommit', true),
    transactionCommit: isOn('behavior.dolt_transaction_commit', false),
    eventScheduler: schedulerOf(text('behavior.event_scheduler')),
    collectsGarbage: isOn('behavior.auto_gc_behavior.enable', true),
    keepsBranchActivity: isOn('behavior.branch_activity_tracking', false),
    userName: text('user.name'),
    userPassword: text('user.password'),
    dataDirectory: text('data_dir'),
    configDirectory: text('cfg_dir'),
    privilegeFile: text('privilege_file'),
    branchControlFile: text('branch_control_file'),
    metricsHost: text('metrics.host') ?? 'localhost',
    metricsPort: port('metrics.port'),
    metricsTlsKey: text('metrics.tls_key'),
    metricsTlsCert: text('metrics.tls_cert'),
    metricsLabels: texts('metrics.labels'),
    remotesPort: port('remotesapi.port'),
    remotesAreReadOnly: isOn('remotesapi.read_only', false),
    variables: texts('system_variables'),
    userVariables:
      (settings.get('user_session_vars') as ReadonlyMap<string, ReadonlyMap<string, string>> | undefined) ?? new Map(),
  };
}

/** One without a path is at the default place; one that nobody speaks of goes with the name of this machine. */
function socketOf(path: string | undefined, host: string): string | undefined {
  if (path === undefined && host !== 'localhost') return undefined;
  return path || DEFAULT_SOCKET;
}

function schedulerOf(text: string | undefined): EventSchedulerStatus | undefined {
  if (text === undefined) return undefined;
  const status = text === '1' ? 'ON' : text === '0' ? 'OFF' : text;
  return oneOf('behavior.event_scheduler', status, EVENT_SCHEDULER);
}

function portOf(name: string, port: number): number | undefined {
  if (port === -1) return undefined;
  if (port > 65_535) throw new DoltError('invalid', `the configuration's ${name} has to be a port, not ${port}`);
  return port;
}

function oneOf<T extends string>(name: string, text: string, known: readonly T[]): T {
  const found = known.find((each) => each.toLowerCase() === text.toLowerCase());
  if (found !== undefined) return found;
  throw new DoltError('invalid', `the configuration's ${name} has to be one of ${known.join(', ')}, not '${text}'`);
}
