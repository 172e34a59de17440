/**
 * Commands for clients elsewhere, as processes beside the server: they do what they do from its folder, read what is
 * committed by themselves and have the server make their changes, and a long one keeps no client of the server waiting.
 */
import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import type { CommandOutput, RunCommand } from '../../sql/session/command-run.ts';
import { needsFolder } from '../global-flags.ts';
import { SIGNERS } from '../sql/commit-identity.ts';
import { isServed } from './served-commands.ts';

/** This program, as it was started. */
const PROGRAM = process.argv[1]!;

export function commandsOn(directory: string): RunCommand {
  return async function* ({ database, branch, args, variables, signal }) {
    if (!isServed(args)) throw needsFolder(args[0] ?? '');
    const place = ['--data-dir', directory, '--use-db', branch === undefined ? database : `${database}/${branch}`];
    // Those of the server are none of the client's.
    const signers = Object.fromEntries(SIGNERS.map((name) => [name, variables[name]]));
    const child = spawn(process.execPath, [PROGRAM, ...place, ...args], {
      env: { ...process.env, ...signers },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    signal.addEventListener('abort', () => child.kill(), { once: true });
    const ended = new Promise<number>((resolve, reject) => {
      child.once('error', reject).once('close', (status) => resolve(status ?? 1));
    });
    ended.catch(() => {});
    yield* merged({ out: child.stdout, err: child.stderr });
    return await ended;
  };
}

/** Pieces of both streams as they come. */
async function* merged(
  streams: Readonly<Record<CommandOutput['stream'], Readable>>,
): AsyncGenerator<CommandOutput, void> {
  const next = async (stream: CommandOutput['stream'], pieces: AsyncIterator<Uint8Array>) => ({
    ...{ stream, pieces },
    piece: await pieces.next(),
  });
  const waiting = new Map(
    (['out', 'err'] as const).map((stream) => [stream, next(stream, streams[stream][Symbol.asyncIterator]())]),
  );
  while (waiting.size > 0) {
    const { stream, pieces, piece } = await Promise.race(waiting.values());
    if (piece.done) {
      waiting.delete(stream);
      continue;
    }
    waiting.set(stream, next(stream, pieces));
    yield { stream, bytes: piece.value };
  }
}
