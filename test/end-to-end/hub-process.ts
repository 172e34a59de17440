/** A `dolt hub` as a process of its own on loopback. */
import { type ChildProcess, spawn } from 'node:child_process';
import { dolt, type Scratch } from './command-line.ts';

export class HubProcess {
  readonly grpcPort: number;
  readonly httpPort: number;
  /** What it wrote. */
  log: string;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, log: string) {
    this.#child = child;
    this.log = log;
    const port = (word: string): number => Number(new RegExp(`^${word}: https?://[^ /]*:(\\d+)`, 'm').exec(log)![1]);
    this.grpcPort = port('remotes');
    this.httpPort = port('page');
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (text: string) => {
        this.log += text;
      });
    }
  }

  /** Serves `directory`; ports are free ones unless flags tell. */
  static async start(scratch: Scratch, directory: string, ...flags: readonly string[]): Promise<HubProcess> {
    const ports = flags.includes('--grpc-port') ? [] : ['--grpc-port', '0'];
    const args = ['hub', '--data-dir', scratch.path(directory), ...ports, '--http-port', '0', ...flags];
    const child = spawn(dolt, args, {
      cwd: scratch.folder,
      env: scratch.environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let log = '';
    return await new Promise((resolve, reject) => {
      const ended = (): void => reject(new Error(`the hub ended: ${log}`));
      const look = (text: string): void => {
        log += text;
        if (!log.includes('Hub ready')) return;
        child.off('exit', ended);
        child.stdout.off('data', look);
        child.stderr.off('data', look);
        resolve(new HubProcess(child, log));
      };
      child.once('exit', ended);
      child.stdout.setEncoding('utf8').on('data', look);
      child.stderr.setEncoding('utf8').on('data', look);
    });
  }

  /** What names of repositories are below. */
  get origin(): string {
    return `http://127.0.0.1:${this.grpcPort}`;
  }

  url(name: string, user = ''): string {
    return `http://${user === '' ? '' : `${user}@`}127.0.0.1:${this.grpcPort}/${name}`;
  }

  /** Ends it, and waits until it has; its exit status. */
  async end(signal: 'SIGTERM' | 'SIGINT' | 'SIGKILL' = 'SIGTERM'): Promise<number | null> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const ended = new Promise((resolve) => this.#child.once('exit', resolve));
      this.#child.kill(signal);
      await ended;
    }
    return this.#child.exitCode;
  }
}
