/** The repository of a running server keeps what every remote keeps; its sessions see what was pushed. */

import { nodeNetwork } from '../../src/node-network.ts';
import { GrpcRemote } from '../../src/remote/grpc/grpc-remote.ts';
import { serverConfig } from '../../src/server/config.ts';
import { startServer } from '../../src/server/server-process.ts';
import { openLog } from '../../src/service/log.ts';
import { type ContractRemote, keepsTheContract } from '../remote/remote-store-contract.ts';
import { scratchRepository } from '../repo/scratch-repository.ts';
import { memoryEnvironment } from '../sql/memory-engine.ts';

const log = openLog('error', 'text', () => {});
const timers = { sleep: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)) };

async function served(): Promise<ContractRemote> {
  const environment = { ...memoryEnvironment(), network: nodeNetwork, timers, logger: log };
  scratchRepository(environment, '/srv/shop').close();
  const { config } = serverConfig({
    listener: { host: '127.0.0.1', port: 0 },
    behavior: { event_scheduler: 'DISABLED' },
    remotesapi: { port: 0 },
  });
  const running = await startServer({ environment, directory: '/srv', config, log });
  const url = `http://127.0.0.1:${running.remotesPort}/shop`;
  const opened: GrpcRemote[] = [];
  return {
    ...{ url, environment },
    open() {
      const remote = new GrpcRemote(environment, url);
      opened.push(remote);
      return remote;
    },
    async close() {
      for (const remote of opened) remote.close();
      await running.stop();
    },
  };
}

keepsTheContract(served, { writers: 6, isRepository: true });
