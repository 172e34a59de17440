import { afterAll, beforeAll, describe } from 'vitest';
import { openRemote } from '../../../src/remote/open-remote.ts';
import { keepsTheContract } from '../remote-store-contract.ts';
import { Moto, motoIsMissing } from './moto.ts';

describe.skipIf(motoIsMissing())('a bucket of moto', () => {
  let moto: Moto;
  let remotes = 0;

  beforeAll(async () => {
    moto = await Moto.start();
  });
  afterAll(() => moto.stop());

  keepsTheContract(() => {
    const url = `s3://chunks/some/remote ${remotes++}`;
    const open = (environment = moto.environment()) => openRemote(environment, url);
    return { url, environment: moto.environment(), open };
  });
});
