/** Geometries as arguments of spatial functions: as trees, checked. */
import type { Value } from '../../tuple/value.ts';
import { SqlError } from '../types/sql-error.ts';
import type { GeometryShape } from '../types/sql-type.ts';
import { type Geometry, readWkb, sridOf } from '../types/wkb.ts';
import { count } from './arguments.ts';
import { GEOGRAPHIC, invalidGeometry, swapped } from './geometry.ts';

export const geometryType = (shape: GeometryShape) => ({ kind: 'geometry', shape }) as const;

/** Throws 3548 for a reference system that is not known. */
export function checkedSrid(value: Value | undefined): number {
  const srid = value === undefined ? 0 : count(value);
  if (srid !== 0 && srid !== GEOGRAPHIC && srid !== 3857) {
    throw new SqlError(3548, 'SR001', `There's no spatial reference system with SRID ${srid}.`);
  }
  return srid;
}

/** Throws 3037 for what is no geometry. */
export function geometryOf(value: Value, name: string): Geometry {
  const found = value instanceof Uint8Array && value.length > 4 ? readWkb(value, 4) : undefined;
  if (found === undefined) throw invalidGeometry(name);
  return found;
}

/** In the order of its reference system's axes, as text has them. */
export function axisOrdered(value: Value, name: string): Geometry {
  const found = geometryOf(value, name);
  return sridOf(value as Uint8Array) === GEOGRAPHIC ? swapped(found) : found;
}

/** A geometry of the plane. Throws 3618: measures on the globe are not there. */
export function planar(value: Value, name: string): Geometry {
  const found = geometryOf(value, name);
  if (sridOf(value as Uint8Array) === GEOGRAPHIC) {
    throw new SqlError(
      3618,
      '22S00',
      `${name}(${found.shape.toUpperCase()}) has not been implemented for geographic spatial reference systems.`,
      'unsupported',
    );
  }
  return found;
}

/** Two geometries of one reference system. Throws 3033. */
export function geometryPair(left: Value, right: Value, name: string): readonly [Geometry, Geometry] {
  const pair = [geometryOf(left, name), geometryOf(right, name)] as const;
  const [a, b] = [sridOf(left as Uint8Array), sridOf(right as Uint8Array)];
  if (a !== b) {
    throw new SqlError(
      3033,
      'HY000',
      `Binary geometry function ${name} given two geometries of different srids: ${a} and ${b}, which should have been identical.`,
    );
  }
  return pair;
}
