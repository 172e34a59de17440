/** What S3 refuses, in words that say what to do. */
import { DoltError, type ErrorKind } from '../../base/errors.ts';
import { textOf } from './xml.ts';

/** S3 answered, and not with what was asked for. `code` is S3's (`NoSuchBucket`), or '' where it gave none. */
export class S3Error extends DoltError {
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string, message: string) {
    super(kindOf(status, code), message);
    this.status = status;
    this.code = code;
  }
}

export interface S3Place {
  readonly bucket: string;
  readonly key: string;
  readonly endpoint: string;
  readonly region: string;
}

export function s3Error(place: S3Place, method: string, status: number, body: string): S3Error {
  const code = textOf(body, 'Code') ?? '';
  const said = textOf(body, 'Message') ?? '';
  const where = `${method} s3://${place.bucket}/${place.key}`;
  const what = code === '' ? `HTTP status ${status}` : code;
  const remedy = remedyOf(place, status, code, body);
  const details = said === '' || remedy !== undefined ? '' : `: ${said.trim().slice(0, 300)}`;
  return new S3Error(status, code, `${where}: ${what}${details}${remedy === undefined ? '' : `: ${remedy}`}`);
}

function kindOf(status: number, code: string): ErrorKind {
  if (code === 'SlowDown' || code === 'RequestTimeout' || code === 'InternalError') return 'unavailable';
  if (status === 408 || status === 429 || status >= 500) return 'unavailable';
  if (status === 401 || status === 403 || code === 'ExpiredToken' || code === 'InvalidToken') return 'denied';
  if (status === 404) return 'notFound';
  if (status === 409 || status === 412) return 'conflict';
  return 'invalid';
}

function remedyOf(
  { bucket, endpoint, region }: S3Place,
  status: number,
  code: string,
  body: string,
): string | undefined {
  switch (code) {
    case 'NoSuchBucket':
      return `there is no bucket '${bucket}' at ${endpoint}: create it, or correct the remote's URL`;
    case 'RequestTimeTooSkewed':
      return 'the clock of this machine is too far from that of S3: set it (timedatectl set-ntp true)';
    case 'InvalidAccessKeyId':
    case 'SignatureDoesNotMatch':
      return 'S3 does not know these credentials: check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or ~/.aws/credentials';
    case 'ExpiredToken':
    case 'InvalidToken':
      return 'the session token is not valid any more: get new credentials';
    case 'PermanentRedirect':
    case 'TemporaryRedirect':
    case 'AuthorizationHeaderMalformed':
    case 'IllegalLocationConstraintException': {
      const right = textOf(body, 'Region') ?? textOf(body, 'Endpoint');
      return `the bucket is not in the region ${region}${right === undefined ? '' : `, but at ${right}`}: set AWS_REGION or ?region=`;
    }
    case 'NotImplemented':
      return `${endpoint} lacks what is needed here, conditional writes among it`;
    default:
      if (status === 301) return `the bucket is not in the region ${region}: set AWS_REGION or ?region=`;
      if (status !== 403) return undefined;
      return `access is denied: the credentials need s3:GetObject, s3:PutObject, s3:DeleteObject and s3:ListBucket on '${bucket}'`;
  }
}
