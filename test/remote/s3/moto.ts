/** moto's server of S3 on loopback, for the tests that need one; it checks conditions, and no signatures. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { nodeNetwork } from '../../../src/node-network.ts';
import type { Environment } from '../../../src/repo/repository.ts';
import { installed, missing } from '../../clients/served-clients.ts';
import { scratchEnvironment } from '../../repo/scratch-repository.ts';

/** Says why, where moto is not here. */
export const motoIsMissing = (): string | undefined => missing('moto', installed('moto/ready'));

export class Moto {
  readonly endpoint: string;
  readonly #process: ChildProcess;

  private constructor(endpoint: string, process: ChildProcess) {
    this.endpoint = endpoint;
    this.#process = process;
  }

  /** A server with one bucket, `chunks`. */
  static async start(): Promise<Moto> {
    const program = fileURLToPath(new URL('moto_server.py', import.meta.url));
    const server = spawn(installed('moto/bin/python'), [program], { stdio: ['ignore', 'pipe', 'ignore'] });
    const [line] = (await once(server.stdout, 'data')) as [Buffer];
    const moto = new Moto(`http://127.0.0.1:${Number(String(line))}`, server);
    await fetch(`${moto.endpoint}/chunks`, { method: 'PUT' });
    return moto;
  }

  get variables(): Readonly<Record<string, string>> {
    return {
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_REGION: 'us-east-1',
      AWS_ENDPOINT_URL: this.endpoint,
    };
  }

  /** A machine of its own, with a disk in memory. */
  environment(): Environment {
    return { ...scratchEnvironment({ ticking: true, variables: this.variables }), network: nodeNetwork };
  }

  async stop(): Promise<void> {
    const ended = once(this.#process, 'exit');
    this.#process.kill();
    await ended;
  }
}
