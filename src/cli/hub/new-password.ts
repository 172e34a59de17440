/** The password of a user of a hub: from the environment, or typed twice. Never from the command line, which others see. */
import { DoltError } from '../../base/errors.ts';
import type { CommandContext } from '../command.ts';
import { askPassword } from '../server/ask-password.ts';

const VARIABLE = 'DOLT_HUB_PASSWORD';
const SHORTEST = 8;

/** Throws `invalid` for a short one, for two that differ, and where nobody can be asked. */
export async function newPassword({ environment }: CommandContext, user: string): Promise<string> {
  const given = environment.variables[VARIABLE];
  const password = given ?? (await askPassword(`Password for ${user}: `, `set ${VARIABLE}, or use --no-password`));
  if (password.length < SHORTEST) throw new DoltError('invalid', `a password has ${SHORTEST} characters or more`);
  if (given === undefined && (await askPassword('Once more: ')) !== password) {
    throw new DoltError('invalid', 'the two passwords differ');
  }
  return password;
}
