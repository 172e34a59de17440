/** Files on the side of the engine, as LOAD DATA INFILE and SELECT … INTO OUTFILE may get at them. */
import { dirname, relative, resolve } from 'node:path';
import type { DiskFile } from '../../../base/disk.ts';
import { SqlError } from '../../types/sql-error.ts';
import type { StatementScene } from '../scene.ts';

/** Read by the owner and the group alone, as in MySQL. */
const NEW_FILE_MODE = 0o640;

/** Opens for reading. Throws 1290 outside of `secure_file_priv`, 29 where there is no file. */
export function openServerFile(path: string, scene: StatementScene): DiskFile {
  const { disk } = mustBeThere(scene);
  const absolute = permitted(path, scene);
  const file = disk.stat(absolute)?.kind === 'file' ? disk.openRead(absolute) : undefined;
  if (file !== undefined) return file;
  throw new SqlError(29, 'HY000', `File '${path}' not found (OS errno 2 - No such file or directory)`, 'notFound');
}

/** Makes a file. Throws 1290 outside of `secure_file_priv`, 1086 where it is there already. */
export function createServerFile(path: string, scene: StatementScene): { file: DiskFile; abandon(): void } {
  const { disk } = mustBeThere(scene);
  const absolute = permitted(path, scene);
  if (disk.stat(absolute) !== undefined) {
    throw new SqlError(1086, 'HY000', `File '${path}' already exists`, 'conflict');
  }
  const file = disk.create('into-file:create', absolute, NEW_FILE_MODE);
  return {
    file,
    abandon() {
      file.close();
      disk.remove('into-file:abandon', absolute);
    },
  };
}

function mustBeThere({ session }: StatementScene) {
  const { files } = session.engine;
  if (files === undefined) throw new SqlError(1235, '42000', 'this engine has no files', 'unsupported');
  return files;
}

/** The file's absolute path, of which links tell nothing wrong: where it is, it is under `secure_file_priv`. */
function permitted(path: string, { session }: StatementScene): string {
  const { disk, directory } = session.engine.files!;
  const absolute = resolve(directory, path);
  const secure = session.engine.globals.text('secure_file_priv');
  if (secure === '') return absolute;
  const root = disk.realPath(resolve(directory, secure));
  const folder = disk.realPath(dirname(absolute));
  const file = disk.realPath(absolute);
  const isUnder = (place: string | undefined): boolean =>
    root !== undefined && place !== undefined && !relative(root, place).startsWith('..');
  if (isUnder(folder) && (file === undefined || isUnder(file))) return absolute;
  throw new SqlError(
    1290,
    'HY000',
    'The MySQL server is running with the --secure-file-priv option so it cannot execute this statement',
    'denied',
  );
}
