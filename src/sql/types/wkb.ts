/**
 * Geometry values as bytes: SRID, byte order, type, then little-endian doubles (FORMAT §5.6). Without the SRID in front they are
 * WKB. In SRID 4326 the bytes have longitude first.
 */
import { GEOMETRY_SHAPES, type GeometryShape } from './sql-type.ts';

export type Position = readonly [number, number];
export type Geometry =
  | { readonly shape: 'point'; readonly position: Position }
  | { readonly shape: 'linestring'; readonly positions: readonly Position[] }
  | { readonly shape: 'polygon'; readonly rings: readonly (readonly Position[])[] }
  | {
      readonly shape: 'multipoint' | 'multilinestring' | 'multipolygon' | 'geometrycollection';
      readonly members: readonly Geometry[];
    };

class Writer {
  readonly #parts: Buffer[] = [];
  word(value: number): void {
    const buffer = Buffer.alloc(4);
    buffer.writeUInt32LE(value);
    this.#parts.push(buffer);
  }
  position([x, y]: Position): void {
    const buffer = Buffer.alloc(16);
    buffer.writeDoubleLE(x);
    buffer.writeDoubleLE(y, 8);
    this.#parts.push(buffer);
  }
  header(shape: GeometryShape): void {
    this.#parts.push(Buffer.of(1));
    this.word(GEOMETRY_SHAPES.indexOf(shape));
  }
  geometry(value: Geometry): void {
    this.header(value.shape);
    switch (value.shape) {
      case 'point':
        this.position(value.position);
        return;
      case 'linestring':
        this.line(value.positions);
        return;
      case 'polygon':
        this.word(value.rings.length);
        for (const ring of value.rings) this.line(ring);
        return;
      default:
        this.word(value.members.length);
        for (const member of value.members) this.geometry(member);
    }
  }
  line(positions: readonly Position[]): void {
    this.word(positions.length);
    for (const position of positions) this.position(position);
  }
  bytes(): Uint8Array {
    return new Uint8Array(Buffer.concat(this.#parts));
  }
}

/** WKB without the SRID in front. */
export function writeWkb(value: Geometry): Uint8Array {
  const writer = new Writer();
  writer.geometry(value);
  return writer.bytes();
}
export function writeGeometry(value: Geometry, srid: number): Uint8Array {
  const writer = new Writer();
  writer.word(srid);
  writer.geometry(value);
  return writer.bytes();
}

class Reader {
  readonly #view: DataView;
  #at: number;
  constructor(bytes: Uint8Array, at: number) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#at = at;
  }
  get atEnd(): boolean {
    return this.#at === this.#view.byteLength;
  }
  #word(little: boolean): number {
    const value = this.#view.getUint32(this.#at, little);
    this.#at += 4;
    return value;
  }
  #position(little: boolean): Position {
    const x = this.#view.getFloat64(this.#at, little);
    const y = this.#view.getFloat64(this.#at + 8, little);
    this.#at += 16;
    return [x, y];
  }
  #many<T>(little: boolean, read: () => T): T[] {
    const count = this.#word(little);
    if (count > this.#view.byteLength) throw new RangeError('geometry');
    return Array.from({ length: count }, read);
  }
  geometry(depth = 0): Geometry {
    if (depth > 100) throw new RangeError('geometry');
    const little = this.#view.getUint8(this.#at++) === 1;
    const shape = GEOMETRY_SHAPES[this.#word(little)];
    const line = () => this.#many(little, () => this.#position(little));
    switch (shape) {
      case 'point':
        return { shape, position: this.#position(little) };
      case 'linestring':
        return { shape, positions: line() };
      case 'polygon':
        return { shape, rings: this.#many(little, line) };
      case 'multipoint':
      case 'multilinestring':
      case 'multipolygon':
      case 'geometrycollection':
        return { shape, members: this.#many(little, () => this.geometry(depth + 1)) };
      default:
        throw new RangeError('geometry');
    }
  }
}

/** The tree of WKB that starts at an offset; undefined when the bytes are none. */
export function readWkb(bytes: Uint8Array, at: number): Geometry | undefined {
  try {
    const reader = new Reader(bytes, at);
    const found = reader.geometry();
    return reader.atEnd ? found : undefined;
  } catch {
    return undefined;
  }
}
export function sridOf(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0, true);
}

/** Whether the parts have the points that they need: two of a line, four of a ring, whose last is its first. */
export function isWhole(value: Geometry): boolean {
  switch (value.shape) {
    case 'point':
      return true;
    case 'linestring':
      return value.positions.length >= 2;
    case 'polygon':
      return value.rings.length > 0 && value.rings.every(isRing);
    default:
      return value.members.every(isWhole);
  }
}

export const isRing = (ring: readonly Position[]): boolean =>
  ring.length >= 4 && ring[0]!.join() === ring.at(-1)!.join();
