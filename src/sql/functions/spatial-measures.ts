/** Lengths, areas and distances in the plane, and geometries made of others (MySQL manual, "Spatial Operator Functions"). */
import { BOOLEAN, DOUBLE } from '../types/sql-type.ts';
import { type Geometry, type Position, sridOf, writeGeometry } from '../types/wkb.ts';
import { asIs, simple } from './arguments.ts';
import { invalidGeometry } from './geometry.ts';
import { geometryOf, geometryPair, geometryType, planar } from './geometry-arguments.ts';
import {
  areaOfPolygon,
  areaOfRing,
  boxOf,
  centroidOf,
  cornersOf,
  distanceBetween,
  hullOf,
  lengthOfLine,
  partsOf,
  samePosition,
} from './plane.ts';
import type { ScalarFunction } from './scalar-function.ts';
import { doIntersect } from './spatial-relations.ts';

/** A number measured in the plane; undefined where geometries of its shape have none, which gives NULL. */
function measure(name: string, read: (geometry: Geometry) => number | undefined): ScalarFunction {
  return simple(name, [asIs], DOUBLE, ([value]) => read(planar(value!, name)) ?? null, { nullable: true });
}

const total = (members: readonly Geometry[], read: (member: Geometry) => number | undefined): number =>
  members.reduce((sum, member) => sum + (read(member) ?? 0), 0);

/** Throws 3516 for what is no area. */
function area(geometry: Geometry): number {
  if (geometry.shape === 'polygon') return areaOfPolygon(geometry.rings);
  if (geometry.shape === 'multipolygon') return total(geometry.members, area);
  throw invalidGeometry('st_area');
}

function length(geometry: Geometry): number | undefined {
  if (geometry.shape === 'linestring') return lengthOfLine(geometry.positions);
  return geometry.shape === 'multilinestring' ? total(geometry.members, length) : undefined;
}

function perimeter(geometry: Geometry): number {
  if (geometry.shape === 'polygon') return geometry.rings.reduce((sum, ring) => sum + lengthOfLine(ring), 0);
  if (geometry.shape === 'multipolygon') return total(geometry.members, perimeter);
  throw invalidGeometry('st_perimeter');
}

/** A geometry made of another one, in its reference system; undefined for none, which gives NULL. */
function derived(name: string, make: (geometry: Geometry) => Geometry | undefined): ScalarFunction {
  return simple(
    name,
    [asIs],
    geometryType('geometry'),
    ([value]) => {
      const made = make(geometryOf(value!, name));
      return made === undefined ? null : writeGeometry(made, sridOf(value as Uint8Array));
    },
    { nullable: true },
  );
}

/** A point, a line or a polygon, whichever the corners of a hull span. */
function spanned(corners: readonly Position[]): Geometry | undefined {
  if (corners.length === 0) return undefined;
  if (corners.length === 1) return { shape: 'point', position: corners[0]! };
  if (corners.length === 2) return { shape: 'linestring', positions: corners };
  return { shape: 'polygon', rings: [[...corners, corners[0]!]] };
}

function envelope(geometry: Geometry): Geometry | undefined {
  const box = boxOf(geometry);
  if (box === undefined) return geometry;
  const { left, right, low, high } = box;
  const around: Position[] = [
    [left, low],
    [right, low],
    [right, high],
    [left, high],
  ];
  return spanned(around.filter((p, at) => around.findIndex((q) => samePosition(p, q)) === at));
}

function isValid(geometry: Geometry): boolean {
  switch (geometry.shape) {
    case 'point':
      return true;
    case 'linestring':
      return geometry.positions.some((position) => !samePosition(position, geometry.positions[0]!));
    case 'polygon':
      return geometry.rings.every(
        (ring) => ring.length >= 4 && samePosition(ring[0]!, ring.at(-1)!) && areaOfRing(ring) !== 0,
      );
    default:
      return geometry.members.every(isValid);
  }
}

export const spatialMeasureFunctions: readonly ScalarFunction[] = [
  measure('st_area', area),
  measure('st_length', length),
  measure('st_perimeter', perimeter),
  simple(
    'st_distance',
    [asIs, asIs],
    DOUBLE,
    ([left, right]) => {
      geometryPair(left!, right!, 'st_distance');
      const [a, b] = [planar(left!, 'st_distance'), planar(right!, 'st_distance')];
      const [parts, others] = [partsOf(a), partsOf(b)];
      if (cornersOf(parts).length === 0 || cornersOf(others).length === 0) return null;
      return doIntersect(a, b) ? 0 : distanceBetween(parts, others);
    },
    { nullable: true },
  ),
  derived('st_centroid', (geometry) => {
    const position = centroidOf(partsOf(geometry));
    return position && { shape: 'point', position };
  }),
  derived('st_convexhull', (geometry) => spanned(hullOf(cornersOf(partsOf(geometry))))),
  derived('st_envelope', envelope),
  simple('st_isvalid', [asIs], BOOLEAN, ([value]) => (isValid(geometryOf(value!, 'st_isvalid')) ? 1 : 0)),
  derived('st_validate', (geometry) => (isValid(geometry) ? geometry : undefined)),
];
