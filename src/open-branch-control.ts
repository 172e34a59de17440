/** The rules about branches in a file. */
import type { Environment } from './repo/repository.ts';
import { BranchControl, initialRules } from './sql/accounts/branch-control/branch-control.ts';
import { BranchControlFile } from './sql/accounts/branch-control/branch-control-file.ts';

/** Without a file everybody may write; it is made with the first change. Throws `corrupt` for a damaged one. */
export function openBranchControl({ disk }: Pick<Environment, 'disk'>, path: string): BranchControl {
  const file = new BranchControlFile(disk, path);
  return new BranchControl(file.read() ?? initialRules(), (rules) => file.write(rules));
}
