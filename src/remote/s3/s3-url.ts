/** The URL of an S3 remote, as the original writes it: `s3://bucket/prefix?endpoint=&region=&path-style=`. */
import { DoltError } from '../../base/errors.ts';

export interface S3Url {
  readonly bucket: string;
  /** Without slashes at its ends; empty for the bucket itself. */
  readonly prefix: string;
  readonly endpoint?: string | undefined;
  readonly region?: string | undefined;
  readonly isPathStyle: boolean;
}

/** Throws `invalid`. */
export function parseS3Url(url: string): S3Url {
  const refuse = (why: string): DoltError => new DoltError('invalid', `'${url}': ${why}`);
  const match = /^s3:\/\/([^/?]*)([^?]*)(?:\?(.*))?$/is.exec(url);
  const [, bucket = '', path = '', query = ''] = match ?? [];
  if (bucket.includes('@')) {
    throw refuse(
      'the URL of a remote is stored and shown, so it holds no credentials: they come from AWS_ACCESS_KEY_ID or ~/.aws',
    );
  }
  if (!/^[a-z0-9][a-z0-9._-]{1,254}$/i.test(bucket)) throw refuse('a bucket is missing: s3://bucket/path');
  const prefix = decoded(path).replace(/^\/+|\/+$/g, '');
  if (prefix.split('/').some((part) => part === '.' || part === '..') || /\/\/|\p{Cc}/u.test(prefix)) {
    throw refuse('its path has a part that no object is named by');
  }
  const values = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(query)) {
    if (name !== 'endpoint' && name !== 'region' && name !== 'path-style') {
      throw refuse(`the parameter '${name}' is not known; there are endpoint, region and path-style`);
    }
    if (value === '' || values.has(name)) throw refuse(`the parameter '${name}' has exactly one value`);
    values.set(name, value);
  }
  const style = values.get('path-style')?.toLowerCase() ?? 'false';
  if (!/^(true|false|1|0|t|f)$/.test(style)) throw refuse(`path-style is true or false, not '${style}'`);
  const endpoint = values.get('endpoint');
  if (endpoint !== undefined && !isEndpoint(endpoint))
    throw refuse(`'${endpoint}' is no endpoint: https://host[:port]`);
  return { bucket, prefix, endpoint, region: values.get('region'), isPathStyle: /^[t1]/.test(style) };
}

export const isEndpoint = (text: string): boolean =>
  /^https?:\/\/[^/?#\s@]+[^?#\s@]*$/i.test(text) && URL.canParse(text);

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
