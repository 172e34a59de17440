/** Commands that a server runs for clients elsewhere: they work on a database alone, and on no file of whoever asks. */
const SERVED: ReadonlySet<string> = new Set([
  'add',
  'backup',
  'blame',
  'branch',
  'checkout',
  'cherry-pick',
  'clean',
  'commit',
  'conflicts',
  'diff',
  'fetch',
  'gc',
  'log',
  'ls',
  'merge',
  'merge-base',
  'pull',
  'push',
  'query-diff',
  'reflog',
  'remote',
  'reset',
  'revert',
  'rm',
  'schema show',
  'show',
  'stash',
  'status',
  'table cp',
  'table mv',
  'table rm',
  'tag',
]);

export function isServed([name, action]: readonly string[]): boolean {
  return name !== undefined && (SERVED.has(name) || SERVED.has(`${name} ${action}`));
}
