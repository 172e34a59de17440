/**
 * Where calls come from when proxies stand before the hub. `X-Forwarded-For` is a list that each proxy adds to: the address
 * that it was called from, at the end. What a proxy that is trusted has added is true; what stands before that, whoever
 * called may have made up. So the list is read from its end, as long as who added to it is trusted.
 */
import { BlockList, isIP } from 'node:net';

export class TrustedProxies {
  readonly #trusted = new BlockList();

  /** Addresses, and networks as `10.0.0.0/8`, each checked by `isNetwork`. */
  constructor(networks: readonly string[]) {
    for (const network of networks) {
      const [address = '', bits] = network.split('/');
      const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
      if (bits === undefined) this.#trusted.addAddress(address, family);
      else this.#trusted.addSubnet(address, Number(bits), family);
    }
  }

  /** The address of who calls. `peer`: of who has connected; `forwarded`: the headers, in their order. */
  clientOf(peer: string, forwarded: string | readonly string[] | undefined): string {
    if (!this.#isTrusted(peer)) return peer;
    const list = [forwarded ?? []].flat().flatMap((header) => header.split(','));
    let client = peer;
    for (const entry of list.reverse()) {
      const address = addressIn(entry);
      if (address === undefined) return client;
      client = address;
      if (!this.#isTrusted(address)) return client;
    }
    return client;
  }

  #isTrusted(peer: string): boolean {
    const address = plain(peer);
    const family = isIP(address);
    return family !== 0 && this.#trusted.check(address, family === 6 ? 'ipv6' : 'ipv4');
  }
}

/** Whether this is an address, or one with the number of its first bits that a network shares. */
export function isNetwork(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 6 ? 128 : 32));
}

/** Some proxies add the port. */
function addressIn(entry: string): string | undefined {
  const text = entry.trim();
  const [, inBrackets, withPort] = /^(?:\[([^\]]*)\](?::\d+)?|([\d.]+):\d+)$/.exec(text) ?? [];
  const address = plain(inBrackets ?? withPort ?? text);
  return isIP(address) === 0 ? undefined : address;
}

/** An address of version 4 as such, though a socket of version 6 says it. */
const plain = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, '');
