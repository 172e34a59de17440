/**
 * Geometry of the plane: what spatial predicates and measures compute with. A geometry is looked at as the points, segments
 * and polygons (areas with holes) that it consists of. Coordinates are doubles, so that what lies on a segment is what
 * lies there within a tolerance of a few of their last bits.
 */
import type { Geometry, Position } from '../types/wkb.ts';

export type Segment = readonly [Position, Position];
export type Rings = readonly (readonly Position[])[];

export interface Parts {
  readonly points: readonly Position[];
  /** Of lines; those of polygons' rings are not among them. */
  readonly segments: readonly Segment[];
  readonly polygons: readonly Rings[];
  /** The ends of open lines: where an odd number of lines ends. */
  readonly ends: readonly Position[];
}

export type Place = 'inside' | 'boundary' | 'outside';

/** The smallest rectangle around a geometry whose sides are parallel to the axes. */
export interface Box {
  readonly left: number;
  readonly right: number;
  readonly low: number;
  readonly high: number;
}

/** Undefined for a geometry without corners. */
export function boxOf(geometry: Geometry): Box | undefined {
  const corners = cornersOf(partsOf(geometry));
  if (corners.length === 0) return undefined;
  const xs = corners.map(([x]) => x);
  const ys = corners.map(([, y]) => y);
  return { left: Math.min(...xs), right: Math.max(...xs), low: Math.min(...ys), high: Math.max(...ys) };
}

export const samePosition = (a: Position, b: Position): boolean => a[0] === b[0] && a[1] === b[1];

export function segmentsOf(line: readonly Position[]): Segment[] {
  const segments: Segment[] = [];
  for (let at = 1; at < line.length; at++) segments.push([line[at - 1]!, line[at]!]);
  return segments;
}

export function partsOf(geometry: Geometry): Parts {
  const points: Position[] = [];
  const segments: Segment[] = [];
  const polygons: Rings[] = [];
  const ends = new Map<string, { readonly position: Position; count: number }>();
  const addEnd = (position: Position): void => {
    const key = position.join();
    const known = ends.get(key);
    if (known === undefined) ends.set(key, { position, count: 1 });
    else known.count++;
  };
  const add = (part: Geometry): void => {
    switch (part.shape) {
      case 'point':
        points.push(part.position);
        return;
      case 'linestring': {
        segments.push(...segmentsOf(part.positions));
        const first = part.positions[0];
        if (first === undefined) return;
        addEnd(first);
        addEnd(part.positions.at(-1)!);
        return;
      }
      case 'polygon':
        polygons.push(part.rings);
        return;
      default:
        part.members.forEach(add);
    }
  };
  add(geometry);
  const odd = [...ends.values()].filter(({ count }) => count % 2 === 1).map(({ position }) => position);
  return { points, segments, polygons, ends: odd };
}

/** All corners, those of rings too. */
export function cornersOf({ points, segments, polygons }: Parts): Position[] {
  return [...points, ...segments.flat(), ...polygons.flat(2)];
}

/** Twice the signed area of a triangle: positive when a, b, c turn left. */
export function turn(a: Position, b: Position, c: Position): number {
  return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
}

const TOLERANCE = 1e-12;

function isStraight(a: Position, b: Position, c: Position): boolean {
  const size = Math.hypot(b[0] - a[0], b[1] - a[1]);
  const scale = Math.max(1, Math.abs(a[0]), Math.abs(a[1]), Math.abs(b[0]), Math.abs(b[1]));
  return Math.abs(turn(a, b, c)) <= TOLERANCE * size * scale;
}

export function isOnSegment(p: Position, [a, b]: Segment): boolean {
  const scale = Math.max(1, Math.abs(p[0]), Math.abs(p[1])) * TOLERANCE;
  const isBetween = (axis: 0 | 1) =>
    p[axis] >= Math.min(a[axis], b[axis]) - scale && p[axis] <= Math.max(a[axis], b[axis]) + scale;
  return isBetween(0) && isBetween(1) && isStraight(a, b, p);
}

/** Where two segments meet: nowhere, in one position, or along a stretch, whose ends are given. */
export function meeting(first: Segment, second: Segment): Position[] {
  const [a, b] = first;
  const [c, d] = second;
  if (Math.max(a[0], b[0]) < Math.min(c[0], d[0]) || Math.max(c[0], d[0]) < Math.min(a[0], b[0])) return [];
  if (Math.max(a[1], b[1]) < Math.min(c[1], d[1]) || Math.max(c[1], d[1]) < Math.min(a[1], b[1])) return [];
  const touching = [...[a, b].filter((p) => isOnSegment(p, second)), ...[c, d].filter((p) => isOnSegment(p, first))];
  if (touching.length > 0) return touching.filter((p, at) => touching.findIndex((q) => samePosition(p, q)) === at);
  const denominator = (b[0] - a[0]) * (d[1] - c[1]) - (b[1] - a[1]) * (d[0] - c[0]);
  if (denominator === 0) return [];
  const along = ((c[0] - a[0]) * (d[1] - c[1]) - (c[1] - a[1]) * (d[0] - c[0])) / denominator;
  const other = ((c[0] - a[0]) * (b[1] - a[1]) - (c[1] - a[1]) * (b[0] - a[0])) / denominator;
  if (along < 0 || along > 1 || other < 0 || other > 1) return [];
  return [[a[0] + along * (b[0] - a[0]), a[1] + along * (b[1] - a[1])]];
}

/** Where a position lies to a polygon: a ray to the right crosses the rings an odd number of times from inside. */
export function placeInPolygon(p: Position, rings: Rings): Place {
  let inside = false;
  for (const ring of rings) {
    for (const segment of segmentsOf(ring)) {
      if (isOnSegment(p, segment)) return 'boundary';
      const [[x1, y1], [x2, y2]] = segment;
      if (y1 > p[1] !== y2 > p[1] && p[0] < ((x2 - x1) * (p[1] - y1)) / (y2 - y1) + x1) inside = !inside;
    }
  }
  return inside ? 'inside' : 'outside';
}

/** Where a position lies to all parts together. */
export function placeIn(p: Position, parts: Parts): Place {
  let found: Place = 'outside';
  for (const rings of parts.polygons) {
    const place = placeInPolygon(p, rings);
    if (place === 'inside') return place;
    if (place === 'boundary') found = place;
  }
  if (parts.segments.some((segment) => isOnSegment(p, segment))) {
    if (!parts.ends.some((end) => samePosition(end, p))) return 'inside';
    found = 'boundary';
  }
  return parts.points.some((point) => samePosition(point, p)) ? 'inside' : found;
}

export const midpoint = ([a, b]: Segment): Position => [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];

/** The stretches into which other segments cut one. */
export function stretches(segment: Segment, others: readonly Segment[]): Segment[] {
  const [a, b] = segment;
  const cuts = [a, b, ...others.flatMap((other) => meeting(segment, other))];
  const distanceFromStart = (p: Position) => (p[0] - a[0]) ** 2 + (p[1] - a[1]) ** 2;
  cuts.sort((p, q) => distanceFromStart(p) - distanceFromStart(q));
  return segmentsOf(cuts).filter(([from, to]) => !samePosition(from, to));
}

/** A position inside of a polygon: halfway between the first two crossings of a level that meets no corner. */
export function positionInside(rings: Rings): Position | undefined {
  const levels = [...new Set(rings.flat().map(([, y]) => y))].sort((a, b) => a - b);
  for (let at = 1; at < levels.length; at++) {
    const y = (levels[at - 1]! + levels[at]!) / 2;
    const crossings = rings
      .flatMap(segmentsOf)
      .filter(([[, y1], [, y2]]) => y1 > y !== y2 > y)
      .map(([[x1, y1], [x2, y2]]) => x1 + ((y - y1) / (y2 - y1)) * (x2 - x1))
      .sort((a, b) => a - b);
    if (crossings.length >= 2) return [(crossings[0]! + crossings[1]!) / 2, y];
  }
  return undefined;
}

// Measures.

export const distanceOf = (a: Position, b: Position): number => Math.hypot(a[0] - b[0], a[1] - b[1]);

export function lengthOfLine(line: readonly Position[]): number {
  return segmentsOf(line).reduce((sum, [a, b]) => sum + distanceOf(a, b), 0);
}

/** Signed: positive for a ring that runs against the clock. */
export function areaOfRing(ring: readonly Position[]): number {
  return segmentsOf(ring).reduce((sum, [[x1, y1], [x2, y2]]) => sum + x1 * y2 - x2 * y1, 0) / 2;
}

export function areaOfPolygon([outer = [], ...holes]: Rings): number {
  return holes.reduce((area, hole) => area - Math.abs(areaOfRing(hole)), Math.abs(areaOfRing(outer)));
}

function distanceToSegment(p: Position, [a, b]: Segment): number {
  const squared = (b[0] - a[0]) ** 2 + (b[1] - a[1]) ** 2;
  if (squared === 0) return distanceOf(p, a);
  const along = ((p[0] - a[0]) * (b[0] - a[0]) + (p[1] - a[1]) * (b[1] - a[1])) / squared;
  const at = Math.max(0, Math.min(1, along));
  return distanceOf(p, [a[0] + at * (b[0] - a[0]), a[1] + at * (b[1] - a[1])]);
}

export const edgesOf = ({ segments, polygons }: Parts): Segment[] => [
  ...segments,
  ...polygons.flatMap((rings) => rings.flatMap(segmentsOf)),
];

/** Of two geometries that share no position. */
export function distanceBetween(left: Parts, right: Parts): number {
  let least = Number.POSITIVE_INFINITY;
  for (const [from, to] of [
    [left, right],
    [right, left],
  ] as const) {
    for (const corner of cornersOf(from)) {
      for (const point of to.points) least = Math.min(least, distanceOf(corner, point));
      for (const edge of edgesOf(to)) least = Math.min(least, distanceToSegment(corner, edge));
    }
  }
  return least;
}

/** The center of mass of the parts of the highest dimension; undefined without any. */
export function centroidOf(parts: Parts): Position | undefined {
  let weights = 0;
  let x = 0;
  let y = 0;
  const add = (weight: number, [cx, cy]: Position): void => {
    weights += weight;
    x += weight * cx;
    y += weight * cy;
  };
  for (const [outer = []] of parts.polygons) addRing(outer, 1, add);
  for (const [, ...holes] of parts.polygons) for (const hole of holes) addRing(hole, -1, add);
  if (weights === 0) {
    for (const edge of edgesOf(parts)) add(distanceOf(...edge), midpoint(edge));
  }
  if (weights === 0) for (const corner of cornersOf(parts)) add(1, corner);
  return weights === 0 ? undefined : [x / weights, y / weights];
}

function addRing(ring: readonly Position[], sign: 1 | -1, add: (weight: number, center: Position) => void): void {
  const origin = ring[0]!;
  const direction = sign * Math.sign(areaOfRing(ring));
  for (const [a, b] of segmentsOf(ring)) {
    add((direction * turn(origin, a, b)) / 2, [(origin[0] + a[0] + b[0]) / 3, (origin[1] + a[1] + b[1]) / 3]);
  }
}

/** The corners of the convex hull, against the clock, the first not repeated (Andrew's monotone chain). */
export function hullOf(corners: readonly Position[]): Position[] {
  const sorted = [...corners].sort((p, q) => p[0] - q[0] || p[1] - q[1]);
  const distinct = sorted.filter((p, at) => at === 0 || !samePosition(p, sorted[at - 1]!));
  if (distinct.length < 3) return distinct;
  const chain = (positions: readonly Position[]): Position[] => {
    const kept: Position[] = [];
    for (const p of positions) {
      while (kept.length >= 2 && turn(kept.at(-2)!, kept.at(-1)!, p) <= 0) kept.pop();
      kept.push(p);
    }
    return kept.slice(0, -1);
  };
  return [...chain(distinct), ...chain([...distinct].reverse())];
}

/** Whether a line meets itself nowhere but in its ends. */
export function isSimpleLine(line: readonly Position[]): boolean {
  const segments = segmentsOf(line);
  const isClosed = line.length > 2 && samePosition(line[0]!, line.at(-1)!);
  for (let i = 0; i < segments.length; i++) {
    for (let j = i + 1; j < segments.length; j++) {
      const met = meeting(segments[i]!, segments[j]!);
      const isNeighbour = j === i + 1 || (isClosed && i === 0 && j === segments.length - 1);
      if (met.length > (isNeighbour ? 1 : 0) && !(isClosed && segments.length === 2)) return false;
    }
  }
  return true;
}
