/** Predicates of bounding boxes (MySQL manual, "Spatial Relation Functions That Use Minimum Bounding Rectangles"). */
import type { Value } from '../../tuple/value.ts';
import { BOOLEAN } from '../types/sql-type.ts';
import { asIs, simple } from './arguments.ts';
import { geometryPair } from './geometry-arguments.ts';
import { type Box, boxOf } from './plane.ts';
import type { ScalarFunction } from './scalar-function.ts';

const intersect = (a: Box, b: Box): boolean =>
  a.left <= b.right && b.left <= a.right && a.low <= b.high && b.low <= a.high;
const covers = (a: Box, b: Box): boolean =>
  a.left <= b.left && a.right >= b.right && a.low <= b.low && a.high >= b.high;
const equal = (a: Box, b: Box): boolean => covers(a, b) && covers(b, a);
const dimension = ({ left, right, low, high }: Box): number => Number(left < right) + Number(low < high);

/** What two boxes share; undefined for nothing. */
const shared = (a: Box, b: Box): Box | undefined =>
  intersect(a, b)
    ? {
        left: Math.max(a.left, b.left),
        right: Math.min(a.right, b.right),
        low: Math.max(a.low, b.low),
        high: Math.min(a.high, b.high),
      }
    : undefined;

/** Whether the insides of two boxes meet: along each side they share a stretch, or one has no width there and lies within. */
function meetInside(a: Box, b: Box): boolean {
  const along = (from: number, to: number, otherFrom: number, otherTo: number): boolean => {
    if (from === to && otherFrom === otherTo) return from === otherFrom;
    if (from === to) return from > otherFrom && from < otherTo;
    if (otherFrom === otherTo) return otherFrom > from && otherFrom < to;
    return Math.max(from, otherFrom) < Math.min(to, otherTo);
  };
  return along(a.left, a.right, b.left, b.right) && along(a.low, a.high, b.low, b.high);
}

const contains = (a: Box, b: Box): boolean => covers(a, b) && meetInside(a, b);

function overlap(a: Box, b: Box): boolean {
  const common = shared(a, b);
  if (common === undefined || dimension(a) !== dimension(b) || dimension(common) !== dimension(a)) return false;
  return !covers(a, b) && !covers(b, a);
}

function relation(name: string, holds: (a: Box, b: Box) => boolean): ScalarFunction {
  return simple(
    name,
    [asIs, asIs],
    BOOLEAN,
    ([left, right]): Value => {
      const [a, b] = geometryPair(left!, right!, name).map(boxOf);
      if (a === undefined || b === undefined) return null;
      return holds(a, b) ? 1 : 0;
    },
    { nullable: true },
  );
}

export const spatialBoxFunctions: readonly ScalarFunction[] = [
  relation('mbrcontains', contains),
  relation('mbrwithin', (a, b) => contains(b, a)),
  relation('mbrcovers', covers),
  relation('mbrcoveredby', (a, b) => covers(b, a)),
  relation('mbrequals', equal),
  relation('mbrintersects', intersect),
  relation('mbrdisjoint', (a, b) => !intersect(a, b)),
  relation('mbroverlaps', overlap),
  relation('mbrtouches', (a, b) => intersect(a, b) && !meetInside(a, b)),
];
