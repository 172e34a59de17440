/**
 * Which hosts an account answers: a name or an address, a pattern (`%`, `10.0.%`), or a network (`10.0.0.0/255.255.0.0`,
 * `10.0.0.0/16`). This machine is `localhost` whichever way it came, and so are 127.0.0.1 and ::1. Names are never
 * looked up: a client from elsewhere is known by its address.
 */
import { bySpecificity, isPattern, matchesPattern } from './name-pattern.ts';

const LOCAL: readonly string[] = ['localhost', '127.0.0.1', '::1'];

/** `host` is where a client comes from: `localhost`, or an address. */
export function matchesHost(host: string, pattern: string): boolean {
  const lower = host.toLowerCase();
  const names = LOCAL.includes(lower) ? LOCAL : [lower];
  if (names.includes(pattern.toLowerCase())) return true;
  if (pattern.includes('/')) return names.some((name) => isInNetwork(name, pattern));
  return isPattern(pattern) && names.some((name) => matchesPattern(name, pattern));
}

function isInNetwork(address: string, network: string): boolean {
  const [base = '', mask = ''] = network.split('/');
  const own = ipv4(address);
  const start = ipv4(base);
  const bits = /^\d{1,2}$/.test(mask) ? prefixMask(Number(mask)) : ipv4(mask);
  if (own === undefined || start === undefined || bits === undefined) return false;
  return (own & bits) >>> 0 === start;
}

function prefixMask(length: number): number | undefined {
  if (length > 32) return undefined;
  return length === 0 ? 0 : (0xffffffff << (32 - length)) >>> 0;
}

function ipv4(text: string): number | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  if (!match) return undefined;
  const parts = match.slice(1).map(Number);
  return parts.some((part) => part > 255) ? undefined : parts.reduce((all, part) => all * 256 + part, 0);
}

/** Sorts the most specific first: names and addresses, networks, patterns, `%` and the empty host last. */
export function byHostSpecificity(a: string, b: string): number {
  const rank = (host: string): number => {
    if (host === '') return 4;
    if (host === '%') return 3;
    if (host.includes('/')) return 1;
    return isPattern(host) ? 2 : 0;
  };
  return rank(a) - rank(b) || bySpecificity(a, b);
}
