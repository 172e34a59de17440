/** Where a folder of databases has its accounts and its rules about branches. */
import type { Disk } from './base/disk.ts';
import { DoltError } from './base/errors.ts';

const CONFIGURATION_FOLDER = '.doltcfg';

export interface ConfigurationPlace {
  /** Where the databases are. */
  readonly directory: string;
  /** Absolute; unless told, `.doltcfg` beside the databases, or the one beside the folder of a single database. */
  readonly configDirectory?: string | undefined;
  /** Absolute; unless told, in the folder of configuration. */
  readonly privilegeFile?: string | undefined;
  readonly branchControlFile?: string | undefined;
  /** The folder was named: the one around it is not looked at. */
  readonly isNamed?: boolean | undefined;
}

/** Throws `conflict` where two folders of configuration could be meant. */
export function privilegePath(disk: Disk, place: ConfigurationPlace): string {
  return place.privilegeFile ?? `${configurationFolder(disk, place)}/privileges.db`;
}

/** Throws `conflict` where two folders of configuration could be meant. */
export function branchControlPath(disk: Disk, place: ConfigurationPlace): string {
  return place.branchControlFile ?? `${configurationFolder(disk, place)}/branch_control.db`;
}

function configurationFolder(disk: Disk, { directory, configDirectory, isNamed }: ConfigurationPlace): string {
  if (configDirectory !== undefined) return configDirectory;
  const own = `${directory}/${CONFIGURATION_FOLDER}`;
  const around = `${directory.slice(0, directory.lastIndexOf('/'))}/${CONFIGURATION_FOLDER}`;
  const isThere = (path: string): boolean => disk.stat(path)?.kind === 'directory';
  if (isNamed || !isThere(around)) return own;
  if (isThere(own)) {
    throw new DoltError(
      'conflict',
      `multiple ${CONFIGURATION_FOLDER} directories detected: '${own}' and '${around}'; pass one of the directories using option --doltcfg-dir`,
    );
  }
  return around;
}
