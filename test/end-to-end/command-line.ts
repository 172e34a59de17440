/** Runs the built command line in a scratch folder with a home of its own. */
import { type ChildProcessWithoutNullStreams, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const repositoryRoot = fileURLToPath(new URL('../..', import.meta.url));
/** The built command. */
export const dolt = join(repositoryRoot, 'bin/dolt');

export interface Outcome {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

/** Gives a process its input and waits for its end. */
export async function outcomeOf(child: ChildProcessWithoutNullStreams, input: string): Promise<Outcome> {
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  return await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, out, err }));
  });
}

export class Scratch {
  readonly folder = mkdtempSync(join(tmpdir(), 'dolt-ts-'));
  readonly environment: NodeJS.ProcessEnv;

  constructor(more: NodeJS.ProcessEnv = {}) {
    const home = join(this.folder, 'home');
    mkdirSync(home);
    // Whether there are colours depends on the terminal alone, not on where the tests run.
    const { CI, FORCE_COLOR, ...inherited } = process.env;
    this.environment = { ...inherited, HOME: home, XDG_CACHE_HOME: join(home, '.cache'), NO_COLOR: '1', ...more };
  }

  path(...names: readonly string[]): string {
    return join(this.folder, ...names);
  }

  /** Makes a folder and answers its path. */
  directory(name: string): string {
    mkdirSync(this.path(name), { recursive: true });
    return this.path(name);
  }

  try(directory: string, args: readonly string[], input = ''): Outcome {
    const run = spawnSync(dolt, args, {
      cwd: this.path(directory),
      env: this.environment,
      input,
      encoding: 'utf8',
      maxBuffer: 1 << 28,
      timeout: 120_000,
    });
    if (run.error) throw run.error;
    return { status: run.status, out: run.stdout, err: run.stderr };
  }

  /** Standard output of a command that must succeed. */
  run(directory: string, args: readonly string[], input = ''): string {
    const { status, out, err } = this.try(directory, args, input);
    if (status !== 0) throw new Error(`dolt ${args.join(' ')}: exit ${status}: ${err || out}`);
    return out;
  }

  /** Standard output as bytes. */
  bytes(directory: string, args: readonly string[]): Buffer {
    const run = spawnSync(dolt, args, { cwd: this.path(directory), env: this.environment, maxBuffer: 1 << 28 });
    if (run.status !== 0) throw new Error(`dolt ${args.join(' ')}: exit ${run.status}: ${run.stderr}`);
    return run.stdout;
  }

  sql(directory: string, query: string, ...more: readonly string[]): string {
    return this.run(directory, ['sql', ...more, '-q', query]);
  }

  rows(directory: string, query: string): readonly Readonly<Record<string, unknown>>[] {
    const { rows = [] } = JSON.parse(this.sql(directory, query, '-r', 'json')) as { rows?: Record<string, unknown>[] };
    return rows;
  }

  /** A new repository in a folder of that name. */
  repository(name: string): string {
    this.directory(name);
    this.run(name, ['init', '--name', 'A B', '--email', 'a@b.c']);
    return name;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
