/** Which names branches, tags and remotes may have: Git's rules for refs in ASCII, and Dolt's own on top. */

/** May `name` be part of a dataset's name? Dolt's rules are Git's for each component between slashes. */
export function isValidRefName(name: string): boolean {
  if (name === '' || name === '@' || name.endsWith('/') || name.endsWith('.')) return false;
  if (/[^\x21-\x7e]|[:?[\\^~*]|\.\.|@\{/.test(name)) return false;
  return name.split('/').every((component) => !component.startsWith('.') && !component.endsWith('.lock'));
}

/** May a user name a branch so? Not `HEAD`, not what looks like a commit's address, no empty component. */
export function isValidBranchName(name: string): boolean {
  return !/^(HEAD|head|-|[0-9a-v]{32})$|\/\/|^\/|\/$/.test(name) && isValidRefName(name);
}

/** May a user name a tag so? */
export const isValidTagName = isValidBranchName;

/** May a user name a remote so? Characters that would split a ref or a spec are refused. */
export function isValidRemoteName(name: string): boolean {
  return !/[ \t\n\r./\\!@#$%^&*(){}[\],.<>'"?=+|]/.test(name) && name !== '';
}
