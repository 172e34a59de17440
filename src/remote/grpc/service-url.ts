/** The parts of a remote's `http://` or `https://` URL. */
import { DoltError } from '../../base/errors.ts';

export interface ServiceUrl {
  /** Host and port. */
  readonly authority: string;
  readonly isSecure: boolean;
  /** Without slashes at its ends. */
  readonly path: string;
  readonly user: string | undefined;
  readonly password: string | undefined;
}

/** Throws `invalid`. */
export function parseServiceUrl(url: string): ServiceUrl {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch (cause) {
    throw new DoltError('invalid', `'${url}' is not a URL`, { cause });
  }
  const isSecure = parsed.protocol === 'https:';
  const path = decodeURIComponent(parsed.pathname).replace(/^\/+|\/+$/g, '');
  if (parsed.hostname === '' || path === '') {
    throw new DoltError(
      'invalid',
      `'${url}' names no repository; it should be ${parsed.protocol}//host:port/owner/name`,
    );
  }
  const named = (text: string): string | undefined => (text === '' ? undefined : decodeURIComponent(text));
  return {
    authority: `${parsed.hostname}:${parsed.port || (isSecure ? 443 : 80)}`,
    isSecure,
    path,
    user: named(parsed.username),
    password: named(parsed.password),
  };
}
