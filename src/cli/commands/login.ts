/** `dolt login`: makes a key pair, has its user give it to a server, and waits until the server knows it. */
import { DoltError } from '../../base/errors.ts';
import { GrpcError, GrpcStatus } from '../../base/network.ts';
import type { Endpoint } from '../../remote/grpc/credentials-service.ts';
import { generateKeyPair, type KeyPair } from '../../remote/key-pairs.ts';
import { Config } from '../../repo/config.ts';
import { DEFAULT_HOST } from '../../repo/remote-url.ts';
import { type ParsedArguments, parseArguments } from '../../verbs/arguments.ts';
import type { Command, CommandContext } from '../command.ts';
import { failure } from '../creds/check.ts';
import { keyPairsOf, useKey } from '../creds/chosen-key.ts';
import { endpointOf, holderOf } from '../creds/endpoint.ts';
import { openBrowser } from '../open-browser.ts';

const POLL_MS = 2_000;
/** Who has not given the key to the server by then has turned to something else. */
const LONGEST_WAIT_MS = 15 * 60_000;
const DOLTHUB_PAGE = 'https://dolthub.com/settings/credentials';
/** Asked again, these would be answered the same. */
const FINAL: ReadonlySet<number> = new Set([
  GrpcStatus.unavailable,
  GrpcStatus.unimplemented,
  GrpcStatus.failedPrecondition,
]);

export const command: Command = {
  name: 'login',
  summary: 'Login to a dolt remote host.',
  synopsis: ['[--auth-endpoint <endpoint>] [--login-url <url>] [-i | --insecure] [<creds>]'],
  positional: [['creds', 'The key pair, by public key or key id; a new one is made unless it is given.']],
  flags: [
    {
      name: 'auth-endpoint',
      short: 'e',
      value: 'hostname:port',
      help: 'The server, host:port or http://host:port; otherwise remotes.default_host and remotes.default_port.',
    },
    {
      name: 'login-url',
      value: 'url',
      help: 'The page where a key is added; otherwise creds.add_url, or that of DoltHub or of the hub.',
    },
    { name: 'insecure', short: 'i', help: 'The server speaks no TLS.' },
  ],
  examples: ['dolt login', 'dolt login --auth-endpoint http://localhost:50051'],
  async run(context, args) {
    const parsed = parseArguments({ ...command, maxPositional: 1 }, args);
    const [given] = parsed.positional;
    const endpoint = placeOf(context, parsed);
    const pair = given === undefined ? newPair(context) : keyPairsOf(context).find(given);
    // A new one cannot be known there yet.
    const known = given === undefined ? undefined : await asked(context, endpoint, pair);
    if (known === undefined) tellHow(context, pageFor(context, parsed, endpoint, pair));
    const { username, displayName, emailAddress } = known ?? (await associated(context, endpoint, pair));
    context.terminal.line(`Key successfully associated with user: ${username} email ${emailAddress}`);
    useKey(context, pair);
    remember(context, { 'user.name': displayName, 'user.email': emailAddress });
    return 0;
  },
};

function placeOf(context: CommandContext, parsed: ParsedArguments): Endpoint {
  const endpoint = endpointOf(context, parsed.value('auth-endpoint'));
  const isInsecure = parsed.has('insecure') || configOf(context).get('doltlab.insecure') === 'true';
  return isInsecure ? { ...endpoint, isSecure: false } : endpoint;
}

const configOf = ({ environment: { disk, homeDirectory } }: CommandContext): Config =>
  new Config(disk, undefined, homeDirectory);

function newPair(context: CommandContext): KeyPair {
  const pair = generateKeyPair();
  keyPairsOf(context).add(pair);
  context.terminal.line(`Credentials created successfully.\npub key: ${pair.publicKey}`);
  return pair;
}

/** The page where a user adds a key: the one that is named, DoltHub's, or that of a hub, at the port of its remotes, too. */
function pageFor(context: CommandContext, parsed: ParsedArguments, endpoint: Endpoint, { publicKey }: KeyPair): string {
  const { authority, isSecure } = endpoint;
  const named = parsed.value('login-url') || configOf(context).get('creds.add_url');
  if (named || authority === `${DEFAULT_HOST}:443`) return `${named || DOLTHUB_PAGE}#${publicKey}`;
  return `${isSecure ? 'https' : 'http'}://${authority}/keys?key=${publicKey}`;
}

function tellHow({ terminal, environment }: CommandContext, page: string): void {
  terminal.line('Attempting to automatically open the credentials page in your default browser.');
  terminal.line(`If the browser does not open, open this URL, here or on another device:\n\t${page}`);
  terminal.line('Please associate your key with your account.');
  openBrowser(page, environment.variables);
  terminal.line('Checking remote server looking for key association.');
}

type Holder = Awaited<ReturnType<typeof holderOf>>;

/** Undefined where the server does not know the key yet. */
async function asked(context: CommandContext, endpoint: Endpoint, pair: KeyPair): Promise<Holder | undefined> {
  try {
    return await holderOf(context, endpoint, pair);
  } catch (error) {
    if (!(error instanceof GrpcError)) throw error;
    if (FINAL.has(error.code)) throw failure(error, endpoint, pair);
    return undefined;
  }
}

async function associated(context: CommandContext, endpoint: Endpoint, pair: KeyPair): Promise<Holder> {
  const { clock, timers } = context.environment;
  const untilMs = clock.monotonic() + LONGEST_WAIT_MS;
  for (;;) {
    const holder = await asked(context, endpoint, pair);
    if (holder !== undefined) return holder;
    if (clock.monotonic() >= untilMs) break;
    await timers.sleep(POLL_MS);
  }
  const text = `error: nobody has given the key to ${endpoint.authority}; when somebody has, run dolt login ${pair.publicKey}`;
  throw new DoltError('denied', text);
}

/** Who makes commits, as far as the server says it and nothing is configured yet. */
function remember(context: CommandContext, values: Readonly<Record<string, string>>): void {
  const config = configOf(context);
  const told = Object.entries(values).filter(([key, value]) => value !== '' && !config.get(key));
  if (told.length > 0) config.set('global', new Map(told));
}
