/** What Dolt's procedures are called by: `dolt_commit`, and `doltcommit` and `dclone` as of old. */

/** What follows `dolt_`, of a lower-case name; undefined for what is no procedure of Dolt's. */
export function procedureName(name: string): string | undefined {
  if (name === 'dclone') return 'clone';
  return name.startsWith('dolt') ? name.replace(/^dolt_?/, '') : undefined;
}
