import { type Address, addressBytes, addressOf } from '../../base/address.ts';
import { randomName } from '../../base/random-name.ts';

/**
 * A name that no object ever had, for a file of this content. What is uploaded a second time, when the first was tidied away
 * or is about to be, is another file then. Nothing goes by a file's name but the manifest.
 */
export function uniqueName(contentName: Address): Address {
  const random = new TextEncoder().encode(randomName());
  const bytes = new Uint8Array(20 + random.length);
  bytes.set(addressBytes(contentName));
  bytes.set(random, 20);
  return addressOf(bytes);
}
