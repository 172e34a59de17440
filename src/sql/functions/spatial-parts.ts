/** Spatial functions that take geometries apart (MySQL manual, "Geometry Property Functions"). */
import type { Value } from '../../tuple/value.ts';
import { BOOLEAN, type GeometryShape, INT, LONGTEXT, type SqlType } from '../types/sql-type.ts';
import { type Geometry, type Position, sridOf, writeGeometry } from '../types/wkb.ts';
import { asInteger, asIs, count, simple } from './arguments.ts';
import { invalidGeometry } from './geometry.ts';
import { geometryOf, geometryType } from './geometry-arguments.ts';
import { cornersOf, isSimpleLine, partsOf, samePosition } from './plane.ts';
import type { ScalarFunction } from './scalar-function.ts';

type Member = Extract<Geometry, { members: readonly Geometry[] }>;
const hasMembers = (geometry: Geometry): geometry is Member => 'members' in geometry;

/** A value read from a geometry; undefined where geometries of its shape have none, which gives NULL. */
function property(
  name: string,
  type: SqlType,
  read: (geometry: Geometry) => Value | undefined,
  aliases: readonly string[] = [],
): ScalarFunction {
  return simple(name, [asIs], type, ([value]) => read(geometryOf(value!, name)) ?? null, { nullable: true, aliases });
}

/** A part of a geometry, by number from 1 where `numbered`; undefined where there is none, which gives NULL. */
function part(
  name: string,
  shape: GeometryShape,
  numbered: boolean,
  find: (geometry: Geometry, at: number) => Geometry | undefined,
): ScalarFunction {
  return simple(
    name,
    numbered ? [asIs, asInteger] : [asIs],
    geometryType(shape),
    ([value, number]) => {
      const found = find(geometryOf(value!, name), number === undefined ? 0 : count(number) - 1);
      return found === undefined ? null : writeGeometry(found, sridOf(value as Uint8Array));
    },
    { nullable: true },
  );
}

const pointAt = (position: Position | undefined): Geometry | undefined =>
  position === undefined ? undefined : { shape: 'point', position };
const ringAt = (ring: readonly Position[] | undefined): Geometry | undefined =>
  ring === undefined ? undefined : { shape: 'linestring', positions: ring };

/** A polygon's part. Throws 3037 for another shape. */
function ofPolygon<T>(name: string, geometry: Geometry, read: (rings: readonly (readonly Position[])[]) => T): T {
  if (geometry.shape !== 'polygon') throw invalidGeometry(name);
  return read(geometry.rings);
}

function isClosed(geometry: Geometry): boolean | undefined {
  switch (geometry.shape) {
    case 'linestring':
      return samePosition(geometry.positions[0]!, geometry.positions.at(-1)!);
    case 'multilinestring':
      return geometry.members.every((member) => isClosed(member) === true);
    default:
      return undefined;
  }
}

function isSimple(geometry: Geometry): boolean {
  switch (geometry.shape) {
    case 'point':
    case 'polygon':
    case 'multipolygon':
      return true;
    case 'linestring':
      return isSimpleLine(geometry.positions);
    case 'multipoint': {
      const texts = geometry.members.map((member) => String((member as { position: Position }).position));
      return new Set(texts).size === texts.length;
    }
    default:
      return geometry.members.every(isSimple);
  }
}

const isEmpty = (geometry: Geometry): boolean => cornersOf(partsOf(geometry)).length === 0;
const truth = (value: boolean | undefined): Value | undefined => (value === undefined ? undefined : value ? 1 : 0);

const DIMENSIONS: Readonly<Record<Geometry['shape'], number>> = {
  point: 0,
  multipoint: 0,
  linestring: 1,
  multilinestring: 1,
  polygon: 2,
  multipolygon: 2,
  geometrycollection: 2,
};

function dimension(geometry: Geometry): number | undefined {
  if (geometry.shape !== 'geometrycollection') return DIMENSIONS[geometry.shape];
  const dimensions = geometry.members.map(dimension).filter((found) => found !== undefined);
  return dimensions.length === 0 ? undefined : Math.max(...dimensions);
}

export const spatialPartFunctions: readonly ScalarFunction[] = [
  property('st_geometrytype', LONGTEXT, ({ shape }) =>
    shape === 'geometrycollection' ? 'GEOMCOLLECTION' : shape.toUpperCase(),
  ),
  property('st_dimension', INT, dimension),
  property('st_isempty', BOOLEAN, (geometry) => truth(isEmpty(geometry))),
  property('st_isclosed', BOOLEAN, (geometry) => truth(isClosed(geometry))),
  property('st_issimple', BOOLEAN, (geometry) => truth(isSimple(geometry))),
  property('st_numpoints', INT, (geometry) =>
    geometry.shape === 'linestring' ? geometry.positions.length : undefined,
  ),
  property('st_numgeometries', INT, (geometry) => (hasMembers(geometry) ? geometry.members.length : undefined)),
  property(
    'st_numinteriorrings',
    INT,
    (geometry) => (geometry.shape === 'polygon' ? geometry.rings.length - 1 : undefined),
    ['st_numinteriorring'],
  ),
  part('st_startpoint', 'point', false, (geometry) =>
    geometry.shape === 'linestring' ? pointAt(geometry.positions[0]) : undefined,
  ),
  part('st_endpoint', 'point', false, (geometry) =>
    geometry.shape === 'linestring' ? pointAt(geometry.positions.at(-1)) : undefined,
  ),
  part('st_pointn', 'point', true, (geometry, at) =>
    geometry.shape === 'linestring' ? pointAt(geometry.positions[at]) : undefined,
  ),
  part('st_exteriorring', 'linestring', false, (geometry) =>
    ofPolygon('st_exteriorring', geometry, (rings) => ringAt(rings[0])),
  ),
  part('st_interiorringn', 'linestring', true, (geometry, at) =>
    ofPolygon('st_interiorringn', geometry, (rings) => (at < 0 ? undefined : ringAt(rings[at + 1]))),
  ),
  part('st_geometryn', 'geometry', true, (geometry, at) => (hasMembers(geometry) ? geometry.members[at] : undefined)),
];
