/** The parts of a remote's `http://` or `https://` URL. */
import { DoltError } from '../../base/errors.ts';
import { shownUrl } from '../../repo/remote-url.ts';

export interface ServiceUrl {
  /** Host and port. */
  readonly authority: string;
  /** Without the port, and an IPv6 address without its brackets. */
  readonly host: string;
  readonly isSecure: boolean;
  /** Without slashes at its ends. */
  readonly path: string;
  readonly user: string | undefined;
  readonly password: string | undefined;
}

/** Throws `invalid`. */
export function parseServiceUrl(url: string): ServiceUrl {
  try {
    const parsed = new URL(url);
    const isSecure = parsed.protocol === 'https:';
    const path = decodeURIComponent(parsed.pathname).replace(/^\/+|\/+$/g, '');
    if (parsed.hostname !== '' && path !== '' && !/[?#]/.test(url)) {
      return {
        authority: `${parsed.hostname}:${parsed.port || (isSecure ? 443 : 80)}`,
        host: parsed.hostname.replace(/^\[|\]$/g, ''),
        isSecure,
        path,
        user: named(parsed.username),
        password: named(parsed.password),
      };
    }
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof URIError)) throw error;
  }
  throw new DoltError(
    'invalid',
    `'${shownUrl(url)}' names no repository; it should be http://host:port/owner/database, or https://`,
  );
}

const named = (text: string): string | undefined => (text === '' ? undefined : decodeURIComponent(text));
