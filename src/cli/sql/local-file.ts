/** LOAD DATA LOCAL on the command line: the file is read where the command was started; a pipe will do. */
import { closeSync, openSync, readSync } from 'node:fs';
import { resolve } from 'node:path';
import { DoltError } from '../../base/errors.ts';
import type { OpenLocalFile } from '../../sql/session/local-file.ts';

const PIECE_BYTES = 1 << 20;

export function localFiles(directory: string): OpenLocalFile {
  return (path) => {
    const explained = <T>(act: () => T): T => {
      try {
        return act();
      } catch (cause) {
        throw new DoltError('notFound', `cannot read ${path}: ${(cause as Error).message}`, { cause });
      }
    };
    const file = explained(() => openSync(resolve(directory, path), 'r'));
    return {
      async next() {
        const piece = new Uint8Array(PIECE_BYTES);
        const length = explained(() => readSync(file, piece, 0, PIECE_BYTES, null));
        return length === 0 ? undefined : piece.subarray(0, length);
      },
      close: () => closeSync(file),
    };
  };
}
