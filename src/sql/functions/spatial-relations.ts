/**
 * Spatial predicates (MySQL manual, "Spatial Relation Functions That Use Object Shapes"). Each edge is cut where it meets
 * the other geometry, and what lies between two cuts is wholly inside, outside or on the boundary: its middle tells.
 */
import type { Value } from '../../tuple/value.ts';
import { BOOLEAN } from '../types/sql-type.ts';
import type { Geometry } from '../types/wkb.ts';
import { asIs, simple } from './arguments.ts';
import { geometryPair } from './geometry-arguments.ts';
import {
  cornersOf,
  edgesOf,
  meeting,
  midpoint,
  type Parts,
  partsOf,
  placeIn,
  placeInPolygon,
  positionInside,
  segmentsOf,
  stretches,
} from './plane.ts';
import type { ScalarFunction } from './scalar-function.ts';

const isEmpty = (parts: Parts): boolean => cornersOf(parts).length === 0;

function intersect(a: Parts, b: Parts): boolean {
  const leftEdges = edgesOf(a);
  const rightEdges = edgesOf(b);
  if (cornersOf(a).some((corner) => placeIn(corner, b) !== 'outside')) return true;
  if (cornersOf(b).some((corner) => placeIn(corner, a) !== 'outside')) return true;
  return leftEdges.some((edge) => rightEdges.some((other) => meeting(edge, other).length > 0));
}

/** Whether every position of `a` is one of `b`. */
function isCovered(a: Parts, b: Parts): boolean {
  if (a.points.some((point) => placeIn(point, b) === 'outside')) return false;
  const others = edgesOf(b);
  for (const edge of edgesOf(a)) {
    for (const stretch of stretches(edge, others)) if (placeIn(midpoint(stretch), b) === 'outside') return false;
  }
  const areaOfB: Parts = { points: [], segments: [], polygons: b.polygons, ends: [] };
  return a.polygons.every((rings) => {
    const inside = positionInside(rings);
    if (inside === undefined || placeIn(inside, areaOfB) !== 'inside') return false;
    const own = rings.flatMap(segmentsOf);
    // What bounds `b` inside of `a` has outside of `b` on one side, unless two polygons of `b` share it.
    return b.polygons
      .flatMap((other) => other.flatMap(segmentsOf))
      .every((edge) =>
        stretches(edge, own).every((stretch) => {
          const middle = midpoint(stretch);
          if (placeInPolygon(middle, rings) !== 'inside') return true;
          return b.polygons.filter((other) => placeInPolygon(middle, other) !== 'outside').length > 1;
        }),
      );
  });
}

/** Whether `a`, which `b` covers, has a position inside of both. */
function meetsInside(a: Parts, b: Parts): boolean {
  if (a.polygons.length > 0) return true;
  const others = edgesOf(b);
  for (const edge of a.segments) {
    for (const stretch of stretches(edge, others)) if (placeIn(midpoint(stretch), b) === 'inside') return true;
  }
  return a.points.some((point) => placeIn(point, b) === 'inside');
}

function isWithin(left: Geometry, right: Geometry): boolean {
  const [a, b] = [partsOf(left), partsOf(right)];
  return isCovered(a, b) && meetsInside(a, b);
}

export function doIntersect(left: Geometry, right: Geometry): boolean {
  return intersect(partsOf(left), partsOf(right));
}

function areEqual(left: Geometry, right: Geometry): boolean {
  const [a, b] = [partsOf(left), partsOf(right)];
  return isCovered(a, b) && isCovered(b, a);
}

/** NULL where one of the geometries is empty. */
function relation(
  name: string,
  holds: (left: Geometry, right: Geometry) => boolean,
  aliases: readonly string[] = [],
): ScalarFunction {
  return simple(
    name,
    [asIs, asIs],
    BOOLEAN,
    ([left, right]): Value => {
      const [a, b] = geometryPair(left!, right!, name);
      if (isEmpty(partsOf(a)) || isEmpty(partsOf(b))) return null;
      return holds(a, b) ? 1 : 0;
    },
    { nullable: true, aliases },
  );
}

export const spatialRelationFunctions: readonly ScalarFunction[] = [
  relation('st_equals', areEqual, ['st_equal']),
  relation('st_intersects', doIntersect),
  relation('st_disjoint', (left, right) => !doIntersect(left, right)),
  relation('st_within', isWithin),
  relation('st_contains', (left, right) => isWithin(right, left)),
];
