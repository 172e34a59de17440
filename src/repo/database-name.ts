/** How the database of a folder is called: as the folder. */
import type { Environment } from './repository.ts';

/** With DOLT_DBNAME_REPLACE blanks and hyphens, which SQL would have quoted, become single underscores, as in the original. */
export function databaseName(folder: string, { variables }: Pick<Environment, 'variables'>): string {
  if (!variables['DOLT_DBNAME_REPLACE']) return folder;
  return folder.trim().replace(/[\s-]/g, '_').replace(/_{2,}/g, '_');
}
