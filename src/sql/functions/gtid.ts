/**
 * Sets of global transaction identifiers: `uuid:1-3:7,uuid:5` (MySQL manual, "Functions Used with Global Transaction
 * Identifiers").
 */
import { SqlError } from '../types/sql-error.ts';
import { BOOLEAN, LONGTEXT } from '../types/sql-type.ts';
import { asText, simple } from './arguments.ts';
import type { ScalarFunction } from './scalar-function.ts';

/** First and last number, both in it. */
type Range = readonly [number, number];
type GtidSet = Map<string, readonly Range[]>;

const SERVER = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

function merged(ranges: readonly Range[]): Range[] {
  const joined: Range[] = [];
  for (const [first, last] of [...ranges].sort((a, b) => a[0] - b[0])) {
    const before = joined.at(-1);
    if (before !== undefined && first <= before[1] + 1)
      joined[joined.length - 1] = [before[0], Math.max(before[1], last)];
    else joined.push([first, last]);
  }
  return joined;
}

/** Throws 1772. */
function parse(text: string): GtidSet {
  const malformed = () => new SqlError(1772, 'HY000', `Malformed GTID set specification '${text}'.`);
  const set: GtidSet = new Map();
  for (const part of text.split(',')) {
    if (part.trim() === '') continue;
    const [server = '', ...intervals] = part.trim().split(':');
    const name = server.trim().toLowerCase();
    if (!SERVER.test(name) || intervals.length === 0) throw malformed();
    const ranges = intervals.map((interval): Range => {
      const match = /^\s*(\d+)(?:\s*-\s*(\d+))?\s*$/.exec(interval);
      if (match === null || Number(match[1]) < 1) throw malformed();
      return [Number(match[1]), Number(match[2] ?? match[1])];
    });
    const valid = ranges.filter(([first, last]) => first <= last);
    set.set(name, merged([...(set.get(name) ?? []), ...valid]));
  }
  return set;
}

function without(ranges: readonly Range[], removed: readonly Range[]): Range[] {
  let rest: Range[] = [...ranges];
  for (const [from, to] of removed) {
    rest = rest.flatMap(([first, last]): Range[] => {
      if (to < first || from > last) return [[first, last]];
      const before: Range[] = first < from ? [[first, from - 1]] : [];
      return last > to ? [...before, [to + 1, last]] : before;
    });
  }
  return rest;
}

function subtract(set: GtidSet, removed: GtidSet): GtidSet {
  const rest: GtidSet = new Map();
  for (const [server, ranges] of set) {
    const left = without(ranges, removed.get(server) ?? []);
    if (left.length > 0) rest.set(server, left);
  }
  return rest;
}

function format(set: GtidSet): string {
  return [...set.keys()]
    .sort()
    .map((server) => {
      const ranges = set.get(server)!.map(([first, last]) => (first === last ? String(first) : `${first}-${last}`));
      return [server, ...ranges].join(':');
    })
    .join(',');
}

export const gtidFunctions: readonly ScalarFunction[] = [
  simple('gtid_subtract', [asText, asText], LONGTEXT, ([set, removed]) =>
    format(subtract(parse(set as string), parse(removed as string))),
  ),
  simple('gtid_subset', [asText, asText], BOOLEAN, ([subset, set]) =>
    subtract(parse(subset as string), parse(set as string)).size === 0 ? 1 : 0,
  ),
];
