/** A remote over the network keeps what every remote keeps, whatever lies behind the service. */
import { describe } from 'vitest';
import { BucketStore } from '../../../src/service/bucket-store.ts';
import { type ServeOptions, serveFolders } from '../../service/service-fixture.ts';
import { type ContractRemote, keepsTheContract } from '../remote-store-contract.ts';
import { FakeS3 } from '../s3/fake-s3.ts';

async function served(open?: ServeOptions['open']): Promise<ContractRemote> {
  const there = await serveFolders(open === undefined ? {} : { open });
  const { environment } = there;
  const remote = () => there.remote('open/shop');
  return { url: remote().url, environment, open: remote, close: () => there.close() };
}

describe('a service over a folder', () => {
  keepsTheContract(() => served(), { writers: 6 });
});

describe('a service over a bucket', () => {
  keepsTheContract(
    () => {
      const s3 = new FakeS3();
      return served(({ disk }) => new BucketStore({ ...s3.environment(), disk }, 's3://chunks/shop', '/scratch'));
    },
    { writers: 6 },
  );
});
