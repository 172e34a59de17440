/** Internet addresses and a few that have no family. */
import type { Value } from '../../tuple/value.ts';
import { BOOLEAN, INT, LONGTEXT, UNSIGNED_BIGINT, varbinary } from '../types/sql-type.ts';
import { asBytes, asInteger, asText, simple } from './arguments.ts';
import type { ScalarFunction } from './scalar-function.ts';

function parseIpv4(text: string): number[] | undefined {
  if (!/^\d{1,3}(\.\d{1,3}){3}$/.test(text)) return undefined;
  const parts = text.split('.').map(Number);
  return parts.every((part) => part <= 255) ? parts : undefined;
}

function parseIpv6(text: string): number[] | undefined {
  let rest = text;
  const tail: number[] = [];
  const embedded = /(^|:)(\d{1,3}(?:\.\d{1,3}){3})$/.exec(rest);
  if (embedded !== null) {
    const bytes = parseIpv4(embedded[2]!);
    if (bytes === undefined) return undefined;
    tail.push(...bytes);
    rest = rest.slice(0, embedded.index + embedded[1]!.length);
    if (rest.endsWith(':') && !rest.endsWith('::')) rest = rest.slice(0, -1);
  }
  const halves = rest.split('::');
  if (halves.length > 2) return undefined;
  const groups = halves.map((half) => (half === '' ? [] : half.split(':')));
  if (groups.flat().some((group) => !/^[0-9a-fA-F]{1,4}$/.test(group))) return undefined;
  const wanted = (16 - tail.length) / 2;
  const missing = wanted - groups.flat().length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  const words =
    halves.length === 1 ? groups[0]! : [...groups[0]!, ...new Array<string>(missing).fill('0'), ...groups[1]!];
  return [
    ...words.flatMap((word) => {
      const value = Number.parseInt(word, 16);
      return [value >> 8, value & 0xff];
    }),
    ...tail,
  ];
}

function formatIpv6(bytes: Uint8Array): string {
  const words: number[] = [];
  for (let at = 0; at < 16; at += 2) words.push(bytes[at]! * 256 + bytes[at + 1]!);
  let best = { at: -1, length: 1 };
  for (let at = 0; at < 8; at++) {
    let length = 0;
    while (at + length < 8 && words[at + length] === 0) length++;
    if (length > best.length) best = { at, length };
  }
  const isMapped = best.at === 0 && (best.length === 6 || (best.length === 5 && words[5] === 0xffff));
  const dotted = isMapped ? [...bytes.subarray(12)].join('.') : undefined;
  const hex = (part: readonly number[]) => part.map((word) => word.toString(16)).join(':');
  if (dotted !== undefined) return best.length === 5 ? `::ffff:${dotted}` : `::${dotted}`;
  if (best.at < 0) return hex(words);
  return `${hex(words.slice(0, best.at))}::${hex(words.slice(best.at + best.length))}`;
}

const bytesOf = (value: Value) => value as Uint8Array;
const hasPrefix = (bytes: Uint8Array, ones: boolean) =>
  bytes.length === 16 &&
  bytes.subarray(0, 10).every((byte) => byte === 0) &&
  bytes.subarray(10, 12).every((byte) => byte === (ones ? 255 : 0));

export const networkFunctions: readonly ScalarFunction[] = [
  simple(
    'inet_aton',
    [asText],
    UNSIGNED_BIGINT,
    ([text]) => {
      const parts = (text as string).split('.');
      if (parts.length > 4 || parts.some((part) => !/^\d{1,3}$/.test(part) || Number(part) > 255)) return null;
      const last = Number(parts.pop());
      return parts.reduce((sum, part, at) => sum + Number(part) * 256 ** (3 - at), 0) + last;
    },
    { nullable: true },
  ),
  simple(
    'inet_ntoa',
    [asInteger],
    LONGTEXT,
    ([given]) => {
      const number = Number(given);
      if (number < 0 || number > 0xffff_ffff) return null;
      return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.');
    },
    { nullable: true },
  ),
  simple(
    'inet6_aton',
    [asText],
    varbinary(16),
    ([text]) => {
      const bytes = parseIpv4(text as string) ?? parseIpv6(text as string);
      return bytes === undefined ? null : Uint8Array.from(bytes);
    },
    { nullable: true },
  ),
  simple(
    'inet6_ntoa',
    [asBytes],
    LONGTEXT,
    ([given]) => {
      const bytes = bytesOf(given!);
      return bytes.length === 4 ? bytes.join('.') : bytes.length === 16 ? formatIpv6(bytes) : null;
    },
    { nullable: true },
  ),
  simple('is_ipv4', [asText], BOOLEAN, ([text]) => (parseIpv4(text as string) === undefined ? 0 : 1)),
  simple('is_ipv6', [asText], BOOLEAN, ([text]) => (parseIpv6(text as string) === undefined ? 0 : 1)),
  simple('is_ipv4_compat', [asBytes], BOOLEAN, ([bytes]) => (hasPrefix(bytesOf(bytes!), false) ? 1 : 0)),
  simple('is_ipv4_mapped', [asBytes], BOOLEAN, ([bytes]) => (hasPrefix(bytesOf(bytes!), true) ? 1 : 0)),
  simple(
    'validate_password_strength',
    [asText],
    INT,
    ([text], { session }) => {
      const wanted = (name: string) => Number(session.systemVariable(`validate_password.${name}`, 'global').value);
      const has = (kind: RegExp, name: string) => ((text as string).match(kind)?.length ?? 0) >= wanted(name);
      const length = [...(text as string)].length;
      if (length < 4) return 0;
      if (length < wanted('length')) return 25;
      const isMixed = has(/[a-z]/g, 'mixed_case_count') && has(/[A-Z]/g, 'mixed_case_count');
      return isMixed && has(/\d/g, 'number_count') && has(/[^A-Za-z0-9]/g, 'special_char_count') ? 100 : 50;
    },
    { session: true },
  ),
  simple('format_bytes', [asInteger], LONGTEXT, ([given]) => {
    const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'];
    let value = Number(given);
    let unit = 0;
    while (Math.abs(value) >= 1024 && unit < units.length - 1) {
      value /= 1024;
      unit++;
    }
    return unit === 0 ? `${String(value).padStart(4)} bytes` : `${value.toFixed(2)} ${units[unit]}`;
  }),
];
