import { describe } from 'vitest';
import { openRemote } from '../../src/remote/open-remote.ts';
import { scratchEnvironment } from '../repo/scratch-repository.ts';
import { keepsTheContract } from './remote-store-contract.ts';

describe('a folder', () => {
  keepsTheContract(() => {
    const url = 'file:///remote';
    const environment = scratchEnvironment({ ticking: true });
    openRemote(environment, url, { create: true }).close();
    return { url, environment, open: () => openRemote(environment, url) };
  });
});
