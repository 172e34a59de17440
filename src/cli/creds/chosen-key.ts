/** The key pair in use: which one the global configuration names. */
import type { KeyPair, KeyPairs } from '../../remote/key-pairs.ts';
import { KeyPairs as StoredKeyPairs } from '../../remote/key-pairs.ts';
import { Config } from '../../repo/config.ts';
import type { CommandContext } from '../command.ts';

const KEY = 'user.creds';

export const keyPairsOf = ({ environment }: CommandContext): KeyPairs =>
  new StoredKeyPairs(environment.disk, environment.homeDirectory);

const configOf = ({ environment: { disk, homeDirectory } }: CommandContext): Config =>
  new Config(disk, undefined, homeDirectory);

/** The id of the pair in use; undefined when none was chosen. */
export const chosenKeyId = (context: CommandContext): string | undefined => configOf(context).get(KEY) || undefined;

export function useKey(context: CommandContext, { keyId }: KeyPair): void {
  configOf(context).set('global', new Map([[KEY, keyId]]));
}

/** The first pair that a user has is in use from the start. */
export function useFirstKey(context: CommandContext, pair: KeyPair): void {
  if (chosenKeyId(context) === undefined) useKey(context, pair);
}
