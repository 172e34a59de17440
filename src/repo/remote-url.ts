/**
 * The full spelling of a remote's URL: `file://` paths absolute and clean, `owner/database` on the host that
 * `remotes.default_host` names. What is stored in `repo_state.json` and shown by `remote -v`.
 */
import { DoltError } from '../base/errors.ts';

/** The configuration's key of the host that `owner/database` is on: a name, one with a port, or one with a scheme. */
export const DEFAULT_HOST_KEY = 'remotes.default_host';
/** The same for backups. */
export const BACKUP_HOST_KEY = 'backups.default_host';
export const DEFAULT_HOST = 'doltremoteapi.dolthub.com';
const SCHEME = /^([a-z][a-z0-9+.-]*):\/\/(.*)$/is;

/** `directory`: what a relative `file://` path starts from. Throws `invalid`. */
export function absoluteRemoteUrl(url: string, directory: string, defaultHost = DEFAULT_HOST): string {
  const match = SCHEME.exec(url);
  if (match) {
    const [, scheme = '', rest = ''] = match;
    if (scheme.toLowerCase() !== 'file') return url;
    if (rest === '') throw new DoltError('invalid', `error: '${url}' is not valid.`);
    return `file://${cleanPath(rest.startsWith('/') ? rest : `${directory}/${rest}`)}`;
  }
  if (url.trim() === '' || /\s/.test(url)) throw new DoltError('invalid', `error: '${url}' is not valid.`);
  const path = cleanPath(`/${url}`);
  return /^\/[^/]+\.[^/]+\//.test(path) ? `https:/${path}` : hostUrl(defaultHost) + path;
}

function hostUrl(host: string): string {
  const bare = host.trim().replace(/\/+$/, '');
  const match = SCHEME.exec(bare);
  if (!match) return `https://${bare}`;
  if (/^https?$/i.test(match[1]!)) return bare;
  throw new DoltError(
    'invalid',
    `'${bare}' (${DEFAULT_HOST_KEY}) is no host; it should be one like hub.example.com or http://localhost:50051`,
  );
}

/** The URL of what is cloned; a page of DoltHub stands for the repository that it shows. */
export function clonedUrl(given: string, directory: string, defaultHost: string | undefined): string {
  const page = /^https:\/\/www\.dolthub\.com\/repositories\/(.+)$/i.exec(given);
  return absoluteRemoteUrl(page ? page[1]! : given, directory, defaultHost);
}

/** Whether `text` is a URL and not a name. */
export const isUrl = (text: string): boolean => SCHEME.test(text);

/** A URL for messages: a password in it is nobody else's business. */
export function shownUrl(url: string): string {
  return url.replace(/^([a-z][a-z0-9+.-]*:\/\/[^/@:]*):[^/@]*@/i, '$1:***@');
}

/** An absolute path without `.`, `..` and doubled slashes. */
export function cleanPath(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}
