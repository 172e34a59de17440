import { describe, expect, test } from 'vitest';
import { addressOf, EMPTY_ADDRESS } from '../../../src/base/address.ts';
import { MemoryDisk } from '../../../src/base/memory-disk.ts';
import { openRemote } from '../../../src/remote/open-remote.ts';
import { AwsSettings } from '../../../src/remote/s3/aws-settings.ts';
import { parseS3Url } from '../../../src/remote/s3/s3-url.ts';
import { scratchEnvironment } from '../../repo/scratch-repository.ts';
import { FakeS3 } from './fake-s3.ts';

const url = 's3://chunks/a/remote';

describe('a URL', () => {
  test('names a bucket, a prefix and where they are', () => {
    expect(parseS3Url('s3://bucket')).toEqual({ bucket: 'bucket', prefix: '', isPathStyle: false });
    expect(parseS3Url('S3://my.bucket/some/data%20base/')).toMatchObject({
      bucket: 'my.bucket',
      prefix: 'some/data base',
    });
    expect(parseS3Url('s3://b-1/p?endpoint=https://x.r2.cloudflarestorage.com&region=auto&path-style=true')).toEqual({
      ...{ bucket: 'b-1', prefix: 'p', isPathStyle: true },
      ...{ endpoint: 'https://x.r2.cloudflarestorage.com', region: 'auto' },
    });
  });

  test.each([
    ['s3://', /bucket is missing/],
    ['s3:///x', /bucket is missing/],
    ['s3://key:secret@bucket/x', /holds no credentials/],
    ['s3://bucket/a/../b', /no object/],
    ['s3://bucket/a%2F..%2Fb', /no object/],
    ['s3://bucket/a//b', /no object/],
    ['s3://bucket/a%00b', /no object/],
    ['s3://bucket/x?profile=me', /'profile' is not known/],
    ['s3://bucket/x?region=', /exactly one value/],
    ['s3://bucket/x?region=a&region=b', /exactly one value/],
    ['s3://bucket/x?path-style=perhaps', /true or false/],
    ['s3://bucket/x?endpoint=ftp://x', /no endpoint/],
    ['s3://bucket/x?endpoint=http://me:secret@x', /no endpoint/],
  ])('that is none is refused: %s', (text, message) => {
    expect(() => parseS3Url(text)).toThrow(message);
  });

  test.each([
    ['s3://bucket/p', {}, 'https://bucket.s3.us-east-1.amazonaws.com/p/manifest'],
    ['s3://bucket/p', { AWS_REGION: 'eu-central-1' }, 'https://bucket.s3.eu-central-1.amazonaws.com/p/manifest'],
    ['s3://bucket/p?region=auto', { AWS_REGION: 'eu-central-1' }, 'https://bucket.s3.auto.amazonaws.com/p/manifest'],
    ['s3://my.bucket/p', {}, 'https://s3.us-east-1.amazonaws.com/my.bucket/p/manifest'],
    ['s3://bucket/p?path-style=true', {}, 'https://s3.us-east-1.amazonaws.com/bucket/p/manifest'],
    ['s3://bucket/p?endpoint=https://r2.example.com/', {}, 'https://bucket.r2.example.com/p/manifest'],
    ['s3://bucket/p', { AWS_ENDPOINT_URL: 'http://minio:9000' }, 'http://minio:9000/bucket/p/manifest'],
    ['s3://bucket/p', { AWS_ENDPOINT_URL: 'http://127.0.0.1:9000' }, 'http://127.0.0.1:9000/bucket/p/manifest'],
    [
      's3://bucket/p',
      { AWS_ENDPOINT_URL_S3: 'http://localhost:1', AWS_ENDPOINT_URL: 'http://localhost:2' },
      'http://localhost:1/bucket/p/manifest',
    ],
    [
      "s3://bucket/it's (a) té*st+",
      {},
      'https://bucket.s3.us-east-1.amazonaws.com/it%27s%20%28a%29%20t%C3%A9%2Ast%2B/manifest',
    ],
  ])('becomes a place on the network: %s %o', async (text, variables, expected) => {
    const asked: string[] = [];
    const keys = { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' };
    const network = {
      fetch: async (input: string | URL | Request) => {
        asked.push(String(input));
        return new Response(null, { status: 404 });
      },
      openChannel: () => {
        throw new Error('none');
      },
    };
    const remote = openRemote({ ...scratchEnvironment({ variables: { ...keys, ...variables } }), network }, text);
    await remote.root();
    expect(asked).toEqual([expected]);
  });
});

test.each(['a b', "it's (a) té*st+", 'a%25b&c=d;e,f:g@h$i!'])(
  'a path of any characters is signed, and listed: %s',
  async (path) => {
    const s3 = new FakeS3();
    const remote = openRemote(s3.environment(), `s3://chunks/${path}`);
    const chunk = new TextEncoder().encode('a');
    const address = addressOf(chunk);
    expect(await remote.swap(address, EMPTY_ADDRESS, [await remote.uploadChunks([[address, chunk]])])).toBe(true);
    expect(await openRemote(s3.environment(), `s3://chunks/${path}`).files()).toHaveLength(1);
    await remote.tidy();
  },
);

describe('the environment', () => {
  function settings(variables: Record<string, string>, files: Record<string, string> = {}): AwsSettings {
    const disk = new MemoryDisk();
    disk.makeDirectory('', '/home/test/.aws');
    for (const [path, text] of Object.entries(files)) {
      const file = disk.create('', path);
      file.write('', new TextEncoder().encode(text), 0);
      file.close();
    }
    return new AwsSettings({ disk, variables, homeDirectory: '/home/test' });
  }

  const credentials = `; of the team
[default]
aws_access_key_id = AKIADEFAULT
aws_secret_access_key = wJalr/K7MDENG+bPxRfi=EXAMPLE

[my.team]
aws_access_key_id=AKIATEAM
aws_secret_access_key=two
aws_session_token=three
`;
  const config = `[default]
region = eu-west-1
[profile my.team]
region = eu-north-1
endpoint_url = https://s3.example.com
`;
  const files = { '/home/test/.aws/credentials': credentials, '/home/test/.aws/config': config };

  test('gives credentials, region and endpoint by variables, then by the files', () => {
    const fromFiles = settings({}, files);
    expect(fromFiles.credentials()).toEqual({
      ...{ accessKeyId: 'AKIADEFAULT', secretAccessKey: 'wJalr/K7MDENG+bPxRfi=EXAMPLE' },
    });
    expect(fromFiles.region()).toBe('eu-west-1');
    expect(fromFiles.endpoint()).toBeUndefined();
    const team = settings({ AWS_PROFILE: 'my.team' }, files);
    expect(team.credentials()).toEqual({ accessKeyId: 'AKIATEAM', secretAccessKey: 'two', sessionToken: 'three' });
    expect([team.region(), team.endpoint()]).toEqual(['eu-north-1', 'https://s3.example.com']);
    const variables = {
      ...{ AWS_PROFILE: 'my.team', AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'y', AWS_REGION: 'z' },
      AWS_ENDPOINT_URL: 'http://localhost:9000',
    };
    const told = settings(variables, files);
    expect(told.credentials()).toEqual({ accessKeyId: 'x', secretAccessKey: 'y' });
    expect([told.region(), told.endpoint()]).toEqual(['z', 'http://localhost:9000']);
    const elsewhere = settings({ AWS_SHARED_CREDENTIALS_FILE: '/keys' }, { '/keys': credentials });
    expect(elsewhere.credentials().accessKeyId).toBe('AKIADEFAULT');
  });

  test('without credentials says where to put them', () => {
    expect(() => settings({ AWS_PROFILE: 'nobody' }, files).credentials()).toThrow(
      /set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or .* under \[nobody\] in \/home\/test\/.aws\/credentials/,
    );
  });
});

describe('what S3 refuses is said with a remedy', () => {
  const refused = async (status: number, code: string, more = ''): Promise<unknown> => {
    const s3 = new FakeS3();
    const body = `<Error><Code>${code}</Code><Message>said &lt;so&gt;</Message>${more}</Error>`;
    const network = { ...s3.network, fetch: async () => new Response(body, { status }) };
    return await openRemote({ ...s3.environment(), network }, url)
      .root()
      .catch((error: unknown) => error);
  };

  test.each([
    [404, 'NoSuchBucket', '', 'notFound', /there is no bucket 'chunks' at http:\/\/127.0.0.1:1: create it/],
    [403, 'AccessDenied', '', 'denied', /GET s3:\/\/chunks\/a\/remote\/manifest: AccessDenied.*s3:GetObject/],
    [403, 'RequestTimeTooSkewed', '', 'denied', /clock of this machine/],
    [403, 'SignatureDoesNotMatch', '', 'denied', /check AWS_ACCESS_KEY_ID/],
    [403, 'InvalidAccessKeyId', '', 'denied', /check AWS_ACCESS_KEY_ID/],
    [400, 'ExpiredToken', '', 'denied', /get new credentials/],
    [
      301,
      'PermanentRedirect',
      '<Endpoint>s3.eu-west-1.amazonaws.com</Endpoint>',
      'invalid',
      /at s3.eu-west-1.amazonaws.com: set AWS_REGION/,
    ],
    [400, 'AuthorizationHeaderMalformed', '<Region>eu-west-1</Region>', 'invalid', /at eu-west-1: set AWS_REGION/],
    [501, 'NotImplemented', '', 'unavailable', /lacks what is needed/],
    [503, 'SlowDown', '', 'unavailable', /SlowDown: said <so>/],
    [400, 'Strange', '', 'invalid', /Strange: said <so>/],
  ])('%i %s', async (status, code, more, kind, message) => {
    expect(await refused(status, code, more)).toMatchObject({ kind, message: expect.stringMatching(message) });
  });

  test('without a network there is no such remote', async () => {
    await expect(openRemote(scratchEnvironment(), url).root()).rejects.toMatchObject({ kind: 'unsupported' });
  });
});
