/**
 * Geometry values as trees (types/wkb.ts) and as WKT. In SRID 4326 text has latitude first, the stored bytes longitude first.
 */
import { formatDouble } from '../types/number-text.ts';
import { SqlError } from '../types/sql-error.ts';
import type { Geometry, Position } from '../types/wkb.ts';

export const GEOGRAPHIC = 4326;
const MEMBER: Readonly<Record<string, 'point' | 'linestring' | 'polygon'>> = {
  multipoint: 'point',
  multilinestring: 'linestring',
  multipolygon: 'polygon',
};

export function invalidGeometry(name: string): SqlError {
  return new SqlError(3037, '22023', `Invalid GIS data provided to function ${name}.`);
}

/** Every position exchanged: between the order of text and of bytes in SRID 4326. */
export function swapped(value: Geometry): Geometry {
  const swap = ([x, y]: Position): Position => [y, x];
  switch (value.shape) {
    case 'point':
      return { shape: 'point', position: swap(value.position) };
    case 'linestring':
      return { shape: 'linestring', positions: value.positions.map(swap) };
    case 'polygon':
      return { shape: 'polygon', rings: value.rings.map((ring) => ring.map(swap)) };
    default:
      return { shape: value.shape, members: value.members.map(swapped) };
  }
}

const coordinate = (value: number): string => formatDouble(value);
const position = ([x, y]: Position) => `${coordinate(x)} ${coordinate(y)}`;
const line = (positions: readonly Position[]) => `(${positions.map(position).join(',')})`;

/** Without the keyword. */
function body(value: Geometry): string {
  switch (value.shape) {
    case 'point':
      return `(${position(value.position)})`;
    case 'linestring':
      return line(value.positions);
    case 'polygon':
      return `(${value.rings.map(line).join(',')})`;
    case 'geometrycollection':
      return `(${value.members.map(formatWkt).join(',')})`;
    default:
      return `(${value.members.map(body).join(',')})`;
  }
}

export function formatWkt(value: Geometry): string {
  const isEmpty = 'members' in value && value.members.length === 0;
  return `${value.shape.toUpperCase()}${isEmpty ? ' EMPTY' : body(value)}`;
}

class WktParser {
  readonly #text: string;
  #at = 0;
  constructor(text: string) {
    this.#text = text;
  }
  #take(pattern: RegExp): string | undefined {
    const sticky = new RegExp(`\\s*(${pattern.source})`, 'iy');
    sticky.lastIndex = this.#at;
    const match = sticky.exec(this.#text);
    if (match === null) return undefined;
    this.#at = sticky.lastIndex;
    return match[1];
  }
  #need(pattern: RegExp): string {
    const found = this.#take(pattern);
    if (found === undefined) throw new RangeError('wkt');
    return found;
  }
  #list<T>(read: () => T): T[] {
    this.#need(/\(/);
    const items: T[] = [];
    do items.push(read());
    while (this.#take(/,/) !== undefined);
    this.#need(/\)/);
    return items;
  }
  #position(): Position {
    const number = () => Number(this.#need(/[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?/));
    return [number(), number()];
  }
  #line(): Position[] {
    return this.#list(() => this.#position());
  }
  #body(shape: string, depth: number): Geometry {
    switch (shape) {
      case 'point': {
        const [only, ...more] = this.#line();
        if (only === undefined || more.length > 0) throw new RangeError('wkt');
        return { shape, position: only };
      }
      case 'linestring': {
        const positions = this.#line();
        if (positions.length < 2) throw new RangeError('wkt');
        return { shape, positions };
      }
      case 'polygon': {
        const rings = this.#list(() => this.#line());
        for (const ring of rings) {
          const first = ring[0]!;
          const last = ring[ring.length - 1]!;
          if (ring.length < 4 || first[0] !== last[0] || first[1] !== last[1]) throw new RangeError('wkt');
        }
        return { shape, rings };
      }
      case 'multipoint':
        return {
          shape,
          members: this.#list(() => {
            const open = this.#take(/\(/);
            const found: Geometry = { shape: 'point', position: this.#position() };
            if (open !== undefined) this.#need(/\)/);
            return found;
          }),
        };
      case 'multilinestring':
      case 'multipolygon':
        return { shape, members: this.#list(() => this.#body(MEMBER[shape]!, depth)) };
      case 'geometrycollection':
      case 'geomcollection':
        if (this.#take(/empty|\(\s*\)/) !== undefined) return { shape: 'geometrycollection', members: [] };
        return { shape: 'geometrycollection', members: this.#list(() => this.geometry(depth + 1)) };
      default:
        throw new RangeError('wkt');
    }
  }
  geometry(depth = 0): Geometry {
    if (depth > 100) throw new RangeError('wkt');
    return this.#body(this.#need(/[a-z]+/).toLowerCase(), depth);
  }
  document(): Geometry {
    const found = this.geometry();
    if (this.#text.slice(this.#at).trim() !== '') throw new RangeError('wkt');
    return found;
  }
}

export function parseWkt(text: string): Geometry | undefined {
  try {
    return new WktParser(text).document();
  } catch {
    return undefined;
  }
}
