/** `dolt hub`: serves repositories to push to, clone and fetch from, until it is told to stop. */
import { startHub } from '../../hub/hub.ts';
import { openLog } from '../../service/log.ts';
import { parseArguments } from '../../verbs/arguments.ts';
import type { Flag } from '../../verbs/verb.ts';
import type { CommandContext } from '../command.ts';
import { readHubConfig, STORAGE_FLAGS } from './hub-flags.ts';

export const SERVE_FLAGS: readonly Flag[] = [
  ...STORAGE_FLAGS,
  {
    name: 'host',
    short: 'H',
    value: 'address',
    help: 'The address to listen on. Defaults to 127.0.0.1: this machine alone.',
  },
  { name: 'grpc-port', value: 'port', help: 'The port of remotes. Defaults to 50051; 0 is a free one.' },
  { name: 'http-port', value: 'port', help: 'The port of the page. Defaults to 8080; 0 is a free one.' },
  { name: 'public-url', value: 'url', help: 'What others call the HTTP port, where a proxy stands before it.' },
  {
    name: 'trusted-proxy',
    value: 'address[,…]',
    help: 'Addresses, or networks as 10.0.0.0/8, of proxies: their X-Forwarded-For tells who calls.',
  },
  { name: 'tls-cert', value: 'file', help: 'The certificate (PEM) with which both ports speak TLS.' },
  { name: 'tls-key', value: 'file', help: 'Its key (PEM).' },
  { name: 'require-tls', help: 'Does not start without a certificate.' },
  { name: 'open', help: 'For trying it out: everybody may do everything. Refused on any address but loopback.' },
  {
    name: 'gc-every',
    value: 'time',
    help: 'How often garbage is collected, such as 6h; off for never. Defaults to 1h.',
  },
  { name: 'gc-grace', value: 'time', help: 'How long what nothing leads to is kept. Defaults to 24h.' },
  {
    name: 'loglevel',
    short: 'l',
    value: 'log level',
    help: 'One of trace, debug, info, warning, error, fatal. Defaults to info.',
  },
  { name: 'logformat', short: 'f', value: 'log format', help: 'text or json. Defaults to text.' },
];

export async function serve(context: CommandContext, args: readonly string[]): Promise<number> {
  const parsed = parseArguments({ name: 'hub', flags: SERVE_FLAGS, maxPositional: 0 }, args);
  const { environment, terminal } = context;
  const config = readHubConfig(context, parsed);
  const log = openLog(config.logLevel, config.logFormat, (line) => terminal.error(line));
  const stopped = new Promise<NodeJS.Signals>((done) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, done);
  });
  const hub = await startHub({ environment: { ...environment, logger: log }, config, log });
  const scheme = config.tlsCert === undefined ? 'http' : 'https';
  const host = config.host.includes(':') ? `[${config.host}]` : config.host;
  terminal.line(`Serving ${config.bucket ?? config.dataDirectory}`);
  terminal.line(`remotes: ${scheme}://${host}:${hub.grpcPort}/<owner>/<database>`);
  terminal.line(`page: ${scheme}://${host}:${hub.httpPort}`);
  if (config.isOpen) terminal.line('This hub is open: everybody on this machine may do everything.');
  log.info('Hub ready.');
  log.info(`stopping: ${await stopped}`);
  await hub.stop();
  return 0;
}
