/**
 * The full spelling of a remote's URL: `file://` paths absolute and clean, `org/repo` on DoltHub. What is stored in
 * `repo_state.json` and shown by `remote -v`.
 */
import { DoltError } from '../base/errors.ts';

const DEFAULT_HOST = 'doltremoteapi.dolthub.com';

/** `directory`: what a relative `file://` path starts from. Throws `invalid`. */
export function absoluteRemoteUrl(url: string, directory: string, defaultHost = DEFAULT_HOST): string {
  const match = /^([a-z][a-z0-9+.-]*):\/\/(.*)$/is.exec(url);
  if (match) {
    const [, scheme = '', rest = ''] = match;
    if (scheme.toLowerCase() !== 'file') return url;
    if (rest === '') throw new DoltError('invalid', `error: '${url}' is not valid.`);
    return `file://${cleanPath(rest.startsWith('/') ? rest : `${directory}/${rest}`)}`;
  }
  if (url.trim() === '' || /\s/.test(url)) throw new DoltError('invalid', `error: '${url}' is not valid.`);
  const path = cleanPath(`/${url}`);
  return /^\/[^/]+\.[^/]+\//.test(path) ? `https:/${path}` : `https://${defaultHost}${path}`;
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
